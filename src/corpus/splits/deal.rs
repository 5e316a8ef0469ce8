//! Choosing among speakers, with the sexes mixed where they are known.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::people::Person;

/// Speakers (indices into `people`) in groups of one sex, each group and the groups themselves in random order.
fn shuffled_by_sex(people: &[Person], who: &[usize], rng: &mut ChaCha8Rng) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &index in who {
        groups.entry(&people[index].sex).or_default().push(index);
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    for group in &mut groups {
        group.shuffle(rng);
    }
    groups.shuffle(rng);
    groups
}

/// Deals speakers into `hands` hands, one after the other: sizes differ by one at most, over all and within a sex.
pub(super) fn deal(people: &[Person], who: &[usize], hands: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<usize>> {
    let mut dealt = vec![Vec::new(); hands];
    for (turn, index) in shuffled_by_sex(people, who, rng).into_iter().flatten().enumerate() {
        dealt[turn % hands].push(index);
    }
    dealt
}

/// Draws `count` speakers, fewer than there are: each from the sex that has given the smallest part of its speakers so far, and as
/// long as that can be, none is a sex's last.
pub(super) fn draw(people: &[Person], who: &[usize], count: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let groups = shuffled_by_sex(people, who, rng);
    let mut taken = vec![0; groups.len()];
    let mut drawn = Vec::with_capacity(count);
    while drawn.len() < count.min(who.len()) {
        let next = (0..groups.len()).filter(|&g| taken[g] < groups[g].len()).min_by(|&a, &b| {
            let last = |g: usize| taken[g] + 1 == groups[g].len();
            // taken/len compared without division.
            last(a).cmp(&last(b)).then_with(|| (taken[a] * groups[b].len()).cmp(&(taken[b] * groups[a].len())))
        });
        let Some(group) = next else { break };
        drawn.push(groups[group][taken[group]]);
        taken[group] += 1;
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(sexes: &str) -> Vec<Person> {
        let person = |(i, sex): (usize, char)| Person {
            name: i.to_string(),
            sex: sex.to_string(),
            part: String::new(),
            testable: vec![i],
            train_only: vec![],
        };
        sexes.chars().enumerate().map(person).collect()
    }

    #[test]
    fn hands_are_even_over_all_and_within_a_sex() {
        let people = people("mmmmmmmffffff");
        let who: Vec<usize> = (0..people.len()).collect();
        for seed in 0..20 {
            let hands = deal(&people, &who, 4, &mut crate::seed::stream(seed, &["test"]));
            for (of, least, most) in [("", 3, 4), ("m", 1, 2), ("f", 1, 2)] {
                let sizes = hands.iter().map(|hand| hand.iter().filter(|&&i| people[i].sex.contains(of)).count());
                assert!(sizes.clone().all(|size| (least..=most).contains(&size)), "{of}: {:?}", sizes.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn draws_mix_the_sexes_and_spare_the_last_of_one() {
        let people = people("mmmmmmffffff");
        let who: Vec<usize> = (0..12).collect();
        for seed in 0..20 {
            let drawn = draw(&people, &who, 4, &mut crate::seed::stream(seed, &["test"]));
            assert_eq!(drawn.iter().filter(|&&i| people[i].sex == "m").count(), 2);
            // Of one woman and six men, the woman stays for training.
            let drawn = draw(&people, &who[..7], 3, &mut crate::seed::stream(seed, &["test"]));
            assert!(drawn.iter().all(|&i| people[i].sex == "m"));
        }
    }
}
