//! Who comes in at the desk, and how far.

use super::*;

#[tokio::test]
async fn nobody_sees_or_does_anything_without_signing_in() {
    let (town, visit) = furnished().await;
    let before = town.kinds().await;
    for (method, route, fields, _) in ROUTES {
        let path = address(&town, route, visit).await;
        let answer = match *method {
            "get" => town.get(&path, "").await,
            _ => town.post(&path, "", fields).await,
        };
        let way_in = (answer.status, answer.to.as_str());
        assert_eq!(way_in, (StatusCode::SEE_OTHER, "/desk/sign-in"), "{method} {route}");
    }
    assert_eq!(town.kinds().await, before);
}

/// Numbers and bookings, and what is everybody's; nothing that somebody filled in.
fn is_for_guides(route: &str) -> bool {
    let first = route.split('/').nth(1).unwrap();
    let own = ["guide", "counters", "spare", "appointments", "alarms", "password", "sign-out"];
    own.contains(&first) || route == "/visits/{visit}/slip"
}

#[tokio::test]
async fn who_guides_begins_at_their_own_page() {
    let (town, _) = furnished().await;
    let guide = town.sign_in("guide").await;
    assert_eq!(guide.get("/desk").await.to, "/desk/guide");
    let page = guide.get("/desk/guide").await;
    assert_eq!(page.status, StatusCode::OK);
    for (address, is_there) in [("guide", true), ("appointments", true), ("calling", false)] {
        assert_eq!(page.says(&format!("href=\"/desk/{address}\"")), is_there, "{address}");
    }
    assert!(page.says("総合案内") && !page.says("今日の来庁"), "{}", page.text());
}

#[tokio::test]
async fn each_role_reaches_its_own_work_and_nothing_else() {
    for (role, at) in Role::ALL.into_iter().zip(0..) {
        let (town, visit) = furnished().await;
        let browser = town.sign_in(role.id()).await;
        for (method, route, fields, may) in ROUTES {
            let path = address(&town, route, visit).await;
            let answer = match *method {
                "get" => browser.get(&path).await,
                _ => browser.post(&path, fields).await,
            };
            // Whoever sees no visits has another first page.
            let elsewhere = (*method, *route) == ("get", "/") && answer.to != "/desk";
            let elsewhere = elsewhere && answer.status == StatusCode::SEE_OTHER;
            let refused = answer.status == StatusCode::FORBIDDEN || elsewhere;
            let may = if role == Role::Guide { is_for_guides(route) } else { may[at] };
            assert_eq!(refused, !may, "{} {method} {route}: {}", role.id(), answer.status);
            if answer.status == StatusCode::FORBIDDEN {
                assert!(answer.says("この操作はできません"), "{} {method} {route}", role.id());
            }
            assert!(!answer.status.is_server_error(), "{} {method} {route}", role.id());
        }
    }
}

#[tokio::test]
async fn a_form_of_another_session_or_another_site_is_not_taken() {
    let (town, visit) = furnished().await;
    let (one, other) = (town.sign_in("clerk").await, town.sign_in("supervisor").await);
    let path = format!("/desk/visits/{visit}/papers");
    let stale = town.post(&path, &one.cookie, &[("key", &other.key)]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    let foreign = Request::post(&path)
        .header(header::HOST, HOST)
        .header(header::ORIGIN, "http://elsewhere")
        .header(header::COOKIE, &one.cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let foreign = foreign.body(Body::from(format!("key={}", one.key))).unwrap();
    assert_eq!(town.send(foreign).await.status, StatusCode::FORBIDDEN);
    assert_eq!(one.post(&path, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_first_administrator_comes_with_the_code_from_the_console() {
    let town = Town::open().await;
    assert_eq!(town.get("/desk", "").await.to, "/desk/sign-in");
    assert_eq!(town.get("/desk/sign-in", "").await.to, "/desk/setup");
    let journal = town.office.journal.clone();
    let code = town.office.db.write(move |tx| staff::make_code(tx, &journal)).await.unwrap();
    let code = code.unwrap().to_string();
    let set_up = async |code: &str| {
        let fields =
            [("code", code), ("login", "joho"), ("name", "見本　情"), ("password", PASSWORD)];
        town.post("/desk/setup", "", &fields).await
    };
    assert!(set_up("ABCD-EFGH-JKMN").await.says("コードが違います"));
    assert_eq!(set_up(&code).await.to, "/desk/sign-in?note=set_up");
    let browser = town.sign_in("joho").await;
    assert!(browser.get("/desk/staff").await.says("見本　情"));
    assert_eq!(town.get("/desk/setup", "").await.to, "/desk/sign-in");
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_idleness_and_by_its_own_refreshing_page() {
    let (town, _) = furnished().await;
    let browser = town.sign_in("clerk").await;
    for minute in 0..9 {
        town.clock.advance(Duration::from_secs(60));
        let refresh = match minute % 2 {
            0 => Request::get("/desk/today").header("x-by-itself", "1"),
            _ => Request::get("/desk/today?by-itself"),
        };
        let refresh = refresh.header(header::COOKIE, &browser.cookie);
        let refreshed = town.send(refresh.body(Body::empty()).unwrap()).await;
        assert_eq!(refreshed.status, StatusCode::OK);
    }
    town.clock.advance(Duration::from_secs(60));
    assert_eq!(browser.get("/desk").await.to, "/desk/sign-in?note=ended");

    let browser = town.sign_in("clerk").await;
    assert_eq!(browser.post("/desk/sign-out", &[]).await.to, "/desk/sign-in?note=signed_out");
    assert_eq!(browser.get("/desk").await.to, "/desk/sign-in?note=ended");
}

#[tokio::test]
async fn a_temporary_password_leads_nowhere_but_to_ones_own() {
    let (town, visit) = furnished().await;
    town.add("shinjin", Role::Clerk, true).await;
    let browser = town.sign_in("shinjin").await;
    for path in ["/desk".to_owned(), format!("/desk/visits/{visit}")] {
        assert_eq!(browser.get(&path).await.to, "/desk/password", "{path}");
    }
    let own = "one that only I know";
    let change = async |present: &str, again: &str| {
        let fields = [("present", present), ("chosen", own), ("again", again)];
        browser.post("/desk/password", &fields).await
    };
    assert!(change(PASSWORD, "another").await.says("二つの欄で違っています"));
    assert!(change("not the present one", own).await.says("いまのパスワードが違います"));
    assert_eq!(change(PASSWORD, own).await.to, "/desk?note=password_changed");
    assert_eq!(browser.get("/desk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn wrong_passwords_are_told_apart_by_nothing_and_soon_have_to_wait() {
    let town = Town::staffed().await;
    let try_in = async |login: &str| {
        town.post("/desk/sign-in", "", &[("login", login), ("password", "wrong")]).await
    };
    for login in ["clerk", "nobody"] {
        for n in 1..=5 {
            let refused = try_in(login).await;
            assert_eq!(refused.says("9:01"), n == 5, "{login}, try {n}");
            assert_eq!(refused.cookie, "");
        }
    }
    assert!(town.sign_in("supervisor").await.get("/desk/staff").await.says("9:01"));
}
