# Everything that is tested.
check:
    tests/run

# The invented town, on http://127.0.0.1:8080
demo:
    cargo run --release -- demo
