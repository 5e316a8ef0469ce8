//! What `cargo metadata` says, cut to the crates that inference of types reads.
//!
//! rust-analyzer, which evcxr asks for the types of variables, loads every package that the metadata names: with all of them 8 to 11
//! seconds and 1.7 GB, with these few a fraction.

use std::collections::BTreeSet;

use serde_json::Value;

/// Packages whose types notebooks name or whose methods they call.
const READ: [&str; 9] =
    ["ndarray", "polars", "polars-arrow", "polars-core", "polars-error", "polars-utils", "rand", "rand_core", "serde_json"];

/// Keeps the packages that are read, the generated ones, and what the session's own package depends on directly.
pub fn cut(metadata: &mut Value) {
    let members: BTreeSet<String> = strings(&metadata["workspace_members"]);
    let nodes = metadata["resolve"]["nodes"].as_array().cloned().unwrap_or_default();
    let direct: BTreeSet<String> =
        nodes.iter().filter(|node| members.contains(text(node, "id"))).flat_map(|node| strings(&node["dependencies"])).collect();
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let (kept, ids): (Vec<Value>, BTreeSet<String>) = packages
        .into_iter()
        .filter(|package| {
            let (id, name) = (text(package, "id"), text(package, "name"));
            members.contains(id) || direct.contains(id) || name == "intone" || READ.contains(&name)
        })
        .map(|package| {
            let id = text(&package, "id").to_owned();
            (package, id)
        })
        .unzip();
    let nodes = nodes
        .into_iter()
        .filter(|node| ids.contains(text(node, "id")))
        .map(|mut node| {
            retain(&mut node["dependencies"], |id| id.as_str().is_some_and(|id| ids.contains(id)));
            retain(&mut node["deps"], |dependency| ids.contains(text(dependency, "pkg")));
            node
        })
        .collect();
    metadata["packages"] = Value::Array(kept);
    metadata["resolve"]["nodes"] = Value::Array(nodes);
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn strings(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn retain(list: &mut Value, keep: impl Fn(&Value) -> bool) {
    if let Some(list) = list.as_array_mut() {
        list.retain(keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_read_stays() {
        let mut metadata = json!({
            "workspace_members": ["ctx"],
            "packages": [{ "id": "ctx", "name": "ctx" }, { "id": "n", "name": "ndarray" }, { "id": "z", "name": "zip" },
                         { "id": "d", "name": "direct" }],
            "resolve": { "nodes": [
                { "id": "ctx", "dependencies": ["d"], "deps": [{ "pkg": "d" }] },
                { "id": "d", "dependencies": ["n", "z"], "deps": [{ "pkg": "n" }, { "pkg": "z" }] },
                { "id": "n", "dependencies": ["z"], "deps": [{ "pkg": "z" }] },
                { "id": "z", "dependencies": [], "deps": [] }] }
        });
        cut(&mut metadata);
        let names: Vec<&str> = metadata["packages"].as_array().unwrap().iter().map(|package| text(package, "name")).collect();
        assert_eq!(names, ["ctx", "ndarray", "direct"]);
        assert_eq!(metadata["resolve"]["nodes"][1]["dependencies"], json!(["n"]));
        assert_eq!(metadata["resolve"]["nodes"][2]["deps"], json!([]));
    }
}
