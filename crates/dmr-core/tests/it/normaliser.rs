//! R4: how texts are written before they are kept.

use dmr_core::Value;
use dmr_core::model::{Field, FieldId, Normaliser, Shape};
use dmr_core::types::FieldType;
use proptest::prelude::*;
use proptest::sample::subsequence;

fn field(normalisers: &[Normaliser]) -> Field {
    let shape = Shape {
        name: "a".into(),
        kind: FieldType::Text,
        nullable: false,
        required: false,
        default: None,
        title: None,
        description: None,
        read_only: false,
        write_only: false,
        given_id: None,
        schema: Value::Null,
        children: Vec::new(),
        open: false,
    };
    let normalisers = normalisers.iter().copied().collect();
    Field { id: FieldId(1), key: "1".into(), shape, behaviours: Default::default(), normalisers, factory: None, children: Vec::new() }
}

#[test]
fn r4_each_normaliser_does_what_it_says() {
    let written = |normaliser, text: &str| field(&[normaliser]).normal(text.into());
    assert_eq!(written(Normaliser::Trim, "\u{a0} a b\t\n"), "a b");
    assert_eq!(written(Normaliser::Lower, "ÀB\u{130}Σ"), "àbi\u{307}ς");
    assert_eq!(written(Normaliser::Upper, "straße"), "STRASSE");
    assert_eq!(written(Normaliser::Nfc, "e\u{301}ﬁ"), "éﬁ");
    assert_eq!(written(Normaliser::Nfkc, "e\u{301}ﬁ①"), "éfi1");
    assert_eq!(field(&[]).normal(" E\u{301} ".into()), " E\u{301} ");
    assert_eq!(field(&[Normaliser::Trim]).normal(Value::Null), Value::Null);
}

proptest! {
    #[test]
    fn r4_what_was_written_anew_stays_so(text in "\\PC{0,12}|[ \u{a0}ßİıΣσςﬁ①e\u{301}\u{345}ŉǅ]{0,8}", normalisers in subsequence(Normaliser::ALL.to_vec(), 0..=5)) {
        let both = |one, other| normalisers.contains(&one) && normalisers.contains(&other);
        prop_assume!(!both(Normaliser::Nfc, Normaliser::Nfkc) && !both(Normaliser::Lower, Normaliser::Upper));
        let field = field(&normalisers);
        let once = field.normal(text.into());
        prop_assert_eq!(field.normal(once.clone()), once);
    }
}
