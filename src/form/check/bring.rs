//! Faults of what a resident is told to bring.

use super::written::Check;

impl Check<'_> {
    /// What is told depends on what this form asks, on nobody's row.
    pub(super) fn bring(&mut self) {
        let template = self.template;
        for bring in &template.bring {
            let word = bring.when.first().map_or(&template.id, |when| &when.question);
            self.words(word, "bring の what", &bring.what);
            for condition in &bring.when {
                let path = condition.question.as_str();
                let asked = template.question.iter().find(|one| one.id == path);
                let Some(question) = asked.filter(|question| question.rows.is_none()) else {
                    let instead = "行のない、この様式の質問の id を書いてください";
                    self.fault(path, format!("bring の見る質問「{path}」はありません"), instead);
                    continue;
                };
                self.condition(question, condition);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::form::Form;

    #[test]
    fn what_to_bring_is_said_in_both_languages_and_looks_at_questions_of_the_form() {
        let text = std::fs::read_to_string("templates/forms/inkan/form.toml").unwrap();
        let faults = |bring: &str| -> Vec<String> {
            let read = Form::read(&format!("{text}\n[[bring]]\n{bring}"));
            read.err().unwrap_or_default().iter().map(|fault| fault.message.clone()).collect()
        };
        let what = "what = { ja = \"印鑑\", en = \"Your seal\" }";
        assert_eq!(faults(what), [""; 0]);
        let of = |when: &str| faults(&format!("{what}\nwhen = [{when}]"));
        assert_eq!(of("{ question = \"inkan.card\", is = [\"here\"] }"), [""; 0]);
        let unknown = of("{ question = \"inkan.colour\" }");
        assert_eq!(unknown, ["bring の見る質問「inkan.colour」はありません"]);
        let option = of("{ question = \"inkan.card\", is = [\"blue\"] }");
        assert_eq!(option, ["「inkan.card」に選択肢「blue」はありません"]);
        let words = faults("what = { ja = \"印鑑\", en = \"\" }");
        assert_eq!(words, ["「inkan」の bring の what に en の言葉がありません"]);
    }
}
