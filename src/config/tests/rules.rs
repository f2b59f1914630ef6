//! Every rule of the configuration can be broken, and says where and what to do.

use super::changed;

#[test]
fn every_rule_names_the_line_and_the_remedy() {
    for (file, from, to, fault) in RULES {
        let found = changed(file, |text| {
            assert!(text.contains(from), "{file} has no {from}");
            text.replacen(from, to, 1)
        });
        assert!(
            found.len() == 1 && found[0].contains(fault),
            "{file}: {from} -> {to}\nwanted {fault}\nfound {found:#?}"
        );
    }
}

/// File, what is written, what is written instead, and what is said of it.
const RULES: &[(&str, &str, &str, &str)] = &[
    ("site.toml", "999997", "999998", "site.toml:10: コード 999998 の検査数字"),
    ("site.toml", "999997", "999", "地方公共団体コードではありません"),
    ("site.toml", "999997", "500003", "都道府県番号"),
    ("site.toml", "見本県\"", "見本\"", "都道府県名ではありません"),
    ("site.toml", "ミホンチョウ", "みほんちょう", "全角のカタカナ"),
    ("site.toml", "Mihon Town", "みほん", "半角の英字"),
    ("site.toml", "\"honcho\"", "\"Honcho\"", "記号に使えません"),
    ("site.toml", "本庁舎", "", "日本語の言葉が空です"),
    ("site.toml", "[\"ja\", \"en\"]", "[\"en\"]", "「\"ja\"」を足してください"),
    ("site.toml", "[\"ja\", \"en\"]", "[\"ja\", \"ja\"]", "同じ言語が二度"),
    ("site.toml", "[\"ja\", \"en\"]", "[\"ja\", \"fr\"]", "「fr」は選べません"),
    ("site.toml", "warning_secs = 30", "warning_secs = 5", "20 から 300 までの数"),
    ("site.toml", "idle_secs = 60", "idle_sec = 60", "「idle_secs」と書きます"),
    ("site.toml", "https://www", "http://www", "「https://」で始まる"),
    ("site.toml", "https://www.town.mihon.example/", "https://", "「https://」で始まる"),
    ("site.toml", "visit_days = 7", "visit_days = -7", "0 以上の整数"),
    ("counters.toml", "number = 2", "number = 1", "窓口 1 が二つあります"),
    ("counters.toml", "\"citizens\"", "\"citizen\"", "「citizens」と書きます"),
    ("procedures.toml", "prefix = \"B\"", "prefix = \"A\"", "系統が二つあります"),
    ("procedures.toml", "prefix = \"B\"", "prefix = \"b\"", "英大文字を1字だけ"),
    ("procedures.toml", "numbers = [1, 900]", "numbers = [9, 1]", "小さいほうを先に"),
    (
        "procedures.toml",
        "spare = [901, 950]",
        "spare = [900, 950]",
        "procedures.toml:45: 予備の番号札 900〜950 が、機械の出す番号 1〜900 と重なっています",
    ),
    ("procedures.toml", "spare = [901, 950]", "spare = [950, 901]", "小さいほうを先に、300 枚まで"),
    ("procedures.toml", "spare = [901, 950]", "spare = [901, 1201]", "300 枚まで"),
    ("procedures.toml", "# then = \"cashier\"", "then = \"certificate\"", "輪になっています"),
    ("procedures.toml", "# then = \"cashier\"", "then = \"movings\"", "「moving」と書きます"),
    ("procedures.toml", "minutes = 6", "minutes = 0", "1 から 240 までの数"),
    ("counters.toml", "[\"certificate\"]", "[\"certificates\"]", "「certificate」と書きます"),
    ("site.toml", "credited_in_a_row = 3", "credited_in_a_row = 0", "1 から 20 までの数"),
    ("site.toml", "voice = \"ja_en\"", "voice = \"en\"", "「en」は選べません"),
    ("site.toml", "voice = \"ja_en\"", "voice = true", "決まった言葉の一つ"),
    ("procedures.toml", "lane = \"moving\"", "lane = \"taxes\"", "lane にありません"),
    ("procedures.toml", "id = \"tenkyo\"", "id = \"tennyu\"", "記号「tennyu」が重なっています"),
    (
        "fees.toml",
        "# valid_until = \"2027-03-31\"",
        "valid_until = \"2026-03-31\"",
        "最初の日より前",
    ),
    ("fees.toml", "\"2026-04-01\"", "\"2026-04-31\"", "実在する日"),
    ("fees.toml", "option = \"removed\"", "option = \"copy\"", "同じ日に二つあります"),
    ("fees.toml", "# more = {", "more = { qestion = \"x\", ", "「question」と書きます"),
    ("fees.toml", "item = \"03-01\"", "item = \"3-01\"", "「03-01」と書きます"),
    ("fees.toml", "code = \"03-02\"", MORE_TWICE, "科目「03-01」が重なっています"),
    ("fees.toml", "code = \"03-02\"", MORE_ODD, "科目の番号に使えません"),
    ("fees.toml", "yen = 300", "yen = 300\nper_each = 5", "何をまとめて数えるのか"),
    ("fees.toml", "mark = \"official\"", "mark = \"public\"", "様式の減免区分の欄"),
    ("fees.toml", "id = \"official\"", "id = \"none\"", "免除しないという意味の記号"),
    (
        "fees.toml",
        "\"2026-04-01\"\n\n[[fee]]\nform = \"juminhyo\"\nquestion = \"juminhyo.copies\"\noption = \"certificate\"",
        "\"2026-04-01\"\nvalid_until = \"2027-03-31\"\n\n[[fee]]\nform = \"juminhyo\"\nquestion = \"juminhyo.copies\"\noption = \"removed\"\nname = { ja = \"一\", en = \"a\" }\nyen = 350\nitem = \"03-01\"\nvalid_from = \"2027-04-03\"\n\n[[fee]]\nform = \"juminhyo\"\nquestion = \"juminhyo.copies\"\noption = \"certificate\"",
        "2027-04-01 から",
    ),
    (
        "devices.toml",
        "# name = \"ACS ACR122U\"",
        "name = \"ACS ACR122U\"",
        "この機械につないだもの",
    ),
    ("devices.toml", "\"hand-scanner\"", "\"camera\"", "記号「camera」が重なっています"),
    ("devices.toml", "[[scanner]]", FLOOR_WITHOUT_LANES, "系統が、procedures.toml にありません"),
    ("devices.toml", "[[scanner]]", FLOOR_TWICE, "同じ表示盤が二度あります"),
    (
        "devices.toml",
        "kind = \"keyboard\"",
        "kind = \"serial\"\nkiosks = [\"記載台1\"]",
        "device）がありません",
    ),
    (
        "devices.toml",
        "kind = \"keyboard\"",
        "kind = \"keyboard\"\ndevice = \"/dev/ttyACM0\"",
        "の読み取り機だけです",
    ),
    (
        "devices.toml",
        "kind = \"keyboard\"",
        "kind = \"serial\"\ndevice = \"/dev/ttyACM0\"",
        "一台に決まっていません",
    ),
    (
        "devices.toml",
        "kind = \"keyboard\"",
        "kind = \"serial\"\ndevice = \"ttyACM0\"\nkiosks = [\"記載台1\"]",
        "「/」から始まっていません",
    ),
    ("demo/staff.toml", "kakaricho", "madoguchi", "ログイン名「madoguchi」が重なっています"),
    ("demo/residents.toml", "シケン　ハナコ", "しけん　はなこ", "フリガナが正しくありません"),
    ("demo/residents.toml", "見本県みほん町中央", "見本県みほん市中央", "住所が町の外です"),
    ("demo/residents.toml", "relation = \"wife\"", "relation = \"head\"", "世帯主（head）が 2 人"),
    ("demo/residents.toml", "1980-12-25", "1960-12-25", "続柄に合いません"),
    ("demo/residents.toml", "pin = \"1234\"", "pin = \"12345\"", "暗証番号は4桁"),
    ("demo/residents.toml", "090-0000-0101", "123456789018", "個人番号とみられる"),
    ("demo/residents.toml", "kana = \"シケン　ハナコ\"\n", "", "フリガナが正しくありません"),
    ("demo/residents.toml", "address = \"見本県みほん町辻ヶ丘７番地\"\n", "", "免許証に入らない字"),
    ("demo/residents.toml", "グランドサンプルハイツ", "", "この型の世帯ではありません"),
    ("demo/residents.toml", "moves_to = \"見本県みほん町", "moves_to = \"見本県", "町の外です"),
    ("demo/residents.toml", "deceased_on = \"2026-11-02\"\n", "", "この型の世帯ではありません"),
];

const FLOOR_WITHOUT_LANES: &str = "[[display_group]]\nid = \"floor-2\"\n\
    displays = [\"表示盤2階\"]\nlanes = [\"movin\"]\n\n[[scanner]]";

const FLOOR_TWICE: &str = "[[display_group]]\nid = \"floor-2\"\ndisplays = [\"表示盤2階\"]\n\
    lanes = [\"moving\"]\n\n[[display_group]]\nid = \"floor-3\"\n\
    displays = [\"表示盤2階\"]\nlanes = [\"certificate\"]\n\n[[scanner]]";

/// One more item of revenue with a code that is there already, and one with an odd one.
const MORE_TWICE: &str =
    "code = \"03-02\"\nname = { ja = \"二\", en = \"b\" }\n\n[[item]]\ncode = \"03-01\"";
const MORE_ODD: &str =
    "code = \"03-02\"\nname = { ja = \"二\", en = \"b\" }\n\n[[item]]\ncode = \"節3\"";
