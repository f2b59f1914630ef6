//! The one binary. Everything it can do is in the library; see `cli`.

fn main() -> std::process::ExitCode {
    madoguchi::server::panics::tell_only_where();
    madoguchi::cli::run()
}
