//! What the record of a fused run says of its members.

use std::collections::BTreeSet;

use crate::experiment::audit::Audit;
use crate::experiment::record::{Manifest, MemberRecord};
use crate::experiment::runner::RunOutcome;
use crate::metrics::ScoreTable;

/// A member whose run is done.
pub struct DoneMember {
    pub name: String,
    pub weight: f64,
    pub live: bool,
    pub outcome: RunOutcome,
    /// Its scores.
    pub scores: Option<ScoreTable>,
}

/// Enters the members, and says what goes in and what is trained as theirs together.
pub fn enter(record: &mut Manifest, members: &[DoneMember]) {
    record.members = members.iter().map(entry).collect();
    let manifests = || members.iter().map(|member| &member.outcome.manifest);
    let mut seen = BTreeSet::new();
    record.input.sets = manifests().flat_map(|manifest| manifest.input.sets.clone()).filter(|set| seen.insert(set.clone())).collect();
    record.input.columns = manifests().map(|manifest| manifest.input.columns).sum();
    record.input.aggregate = "over all members".to_owned();
    record.input.normalisation = by_member(members, |manifest| &manifest.input.normalisation);
    record.input.balancing = by_member(members, |manifest| &manifest.input.balancing);
    record.input.augmentation = by_member(members, |manifest| &manifest.input.augmentation);
    record.model.kind = "fusion".to_owned();
    record.model.description = format!("weighted geometric mean of the probabilities of {} models", members.len());
    record.model.parameters = Some(manifests().filter_map(|manifest| manifest.model.parameters).sum()).filter(|&sum: &usize| sum > 0);
    record.model.training = by_member(members, |manifest| &manifest.model.training);
    // What the record has already is of clips that members share.
    for member in members {
        let own = member.outcome.manifest.warnings.iter().filter(|warning| !record.warnings.contains(warning));
        let own: Vec<String> = own.map(|warning| format!("{}: {warning}", member.name)).collect();
        record.warnings.extend(own);
    }
}

fn entry(member: &DoneMember) -> MemberRecord {
    let manifest = &member.outcome.manifest;
    let score = member.scores.as_ref().and_then(|table| table.overall("uar")).filter(|score| score.value.is_finite());
    MemberRecord {
        name: member.name.clone(),
        run: manifest.id.clone(),
        weight: member.weight,
        live: member.live,
        input: manifest.input.clone(),
        model: manifest.model.clone(),
        uar: score.map(|score| score.value),
        interval: score.filter(|score| score.low.is_finite()).map(|score| (score.low, score.high)),
    }
}

/// What members say, once where they agree.
fn by_member(members: &[DoneMember], text: impl Fn(&Manifest) -> &String) -> String {
    let texts: Vec<(&str, &str)> = members
        .iter()
        .map(|member| (member.name.as_str(), text(&member.outcome.manifest).as_str()))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    match texts.as_slice() {
        [(_, first), rest @ ..] if texts.len() == members.len() && rest.iter().all(|(_, text)| text == first) => (*first).to_owned(),
        texts => texts.iter().map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("; "),
    }
}

/// What only the members' parts know: evidence of balancing, statistics and early stopping.
pub fn audits(members: &[DoneMember]) -> Vec<Audit> {
    members.iter().filter_map(|member| Audit::read(&member.outcome.dir)).collect()
}
