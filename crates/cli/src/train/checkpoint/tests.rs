//! Kills at every point of a write, and mixes of two checkpoints.

use super::*;

fn state(step: usize) -> State {
    State {
        model: "induction".to_owned(),
        seed: 1,
        steps_in_all: 8,
        step,
        tokens: 100 * step,
        seconds: 0.1 * step as f64,
        log: Log::default(),
    }
}

/// A checkpoint after so many steps, of bytes that could be of no other.
fn parts(state: &State) -> Parts<'_> {
    Parts {
        optimizer: format!("optimiser after {} steps", state.step).into_bytes(),
        weights: format!("weights after {} steps", state.step).into_bytes(),
        shipped: format!("shipped weights after {} steps", state.step).into_bytes(),
        sums: format!("sums after {} steps", state.step),
        state,
    }
}

fn write(checkpoint: &Checkpoint, step: usize) {
    let state = state(step);
    let changes = checkpoint.changes(&parts(&state)).len();
    assert_eq!(write_until(checkpoint, step, changes), changes);
}

/// Makes the first so many changes of a write; returns how many there are in all.
fn write_until(checkpoint: &Checkpoint, step: usize, n_made: usize) -> usize {
    let state = state(step);
    let parts = parts(&state);
    let changes = checkpoint.changes(&parts);
    for change in &changes[..n_made] {
        change.make().unwrap();
    }
    changes.len()
}

/// The step of a checkpoint whose three files belong together.
fn whole_step(checkpoint: &Checkpoint) -> Result<usize, Failure> {
    let saved = checkpoint.read_state()?;
    let (_, optimizer) = checkpoint.read_part(OPTIMIZER, &saved.optimizer_sha256)?;
    let (_, weights) = checkpoint.read_part(WEIGHTS, &saved.weights_sha256)?;
    let expected = parts(&saved.state);
    assert_eq!(
        (&optimizer, &weights),
        (&expected.optimizer, &expected.weights)
    );
    Ok(saved.state.step)
}

fn folder() -> (tempfile::TempDir, Checkpoint) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    std::fs::create_dir_all(out.join(FOLDER)).unwrap();
    (folder, Checkpoint::in_folder(out))
}

fn refused(checkpoint: &Checkpoint) -> String {
    let failure = whole_step(checkpoint).unwrap_err();
    assert_eq!(failure.exit_code(), 2);
    failure.line()
}

#[test]
fn a_kill_at_any_point_leaves_the_old_checkpoint_or_the_new() {
    let (_guard, checkpoint) = folder();
    write(&checkpoint, 1);
    let n_changes = write_until(&checkpoint, 2, 0);
    let mut seen = Vec::new();
    for n_made in 0..=n_changes {
        let (_guard, checkpoint) = folder();
        write(&checkpoint, 1);
        write_until(&checkpoint, 2, n_made);
        // The change under way has begun a file.
        for folder in [checkpoint.out.clone(), checkpoint.out.join(FOLDER)] {
            std::fs::write(folder.join(".headlight-Xy1.part"), "half a fi").unwrap();
        }
        seen.push(whole_step(&checkpoint).unwrap());
        assert_sums_are_of_the_weights(&checkpoint);
        // Whoever goes on from there leaves nothing of it behind.
        write(&checkpoint, 3);
        assert_eq!(whole_step(&checkpoint).unwrap(), 3);
        let files = files_in(&checkpoint.out);
        assert_eq!(
            files,
            ["SHA256SUMS", "log.csv", "log.svg", "model.safetensors"]
        );
        assert_eq!(files_in(&checkpoint.out.join(FOLDER)).len(), 3);
        let published = std::fs::read(checkpoint.out.join("model.safetensors")).unwrap();
        assert_eq!(published, parts(&state(3)).shipped);
    }
    assert!(seen.is_sorted(), "{seen:?}");
    assert!(seen.contains(&1) && seen.contains(&2), "{seen:?}");
}

/// No sums, or those that belong to the weights that lie there.
fn assert_sums_are_of_the_weights(checkpoint: &Checkpoint) {
    let step = |name: &str| {
        let text = std::fs::read_to_string(checkpoint.out.join(name)).ok()?;
        text.split(' ').rev().nth(1).map(str::to_owned)
    };
    let sums = step("SHA256SUMS");
    assert!(
        sums.is_none() || sums == step("model.safetensors"),
        "{sums:?}"
    );
}

#[test]
fn the_first_checkpoint_is_there_whole_or_not_at_all() {
    let n_changes = write_until(&folder().1, 1, 0);
    for n_made in 0..=n_changes {
        let (_guard, checkpoint) = folder();
        write_until(&checkpoint, 1, n_made);
        match whole_step(&checkpoint) {
            Ok(step) => assert_eq!(step, 1),
            Err(failure) => {
                let line = failure.line();
                assert!(line.contains("state.json could not be read"), "{line}");
            }
        }
    }
}

#[test]
fn the_same_step_written_again_is_whole_all_along() {
    let state = state(1);
    for n_made in 0..6 {
        let (_guard, checkpoint) = folder();
        write(&checkpoint, 1);
        // The optimiser's bytes come in another order each time.
        let again = Parts {
            optimizer: b"the same in another order".to_vec(),
            ..parts(&state)
        };
        for change in &checkpoint.changes(&again)[..n_made] {
            change.make().unwrap();
        }
        let saved = checkpoint.read_state().unwrap();
        checkpoint
            .read_part(OPTIMIZER, &saved.optimizer_sha256)
            .unwrap();
        checkpoint
            .read_part(WEIGHTS, &saved.weights_sha256)
            .unwrap();
    }
}

#[test]
fn a_mix_is_refused_in_one_sentence() {
    let (_guard, checkpoint) = folder();
    let at = |name: &str| checkpoint.out.join(FOLDER).join(name);
    write(&checkpoint, 1);
    let old_state = std::fs::read(at(STATE)).unwrap();
    let old_weights = WEIGHTS.file_name(&sha256_of(b"weights after 1 steps"));
    write(&checkpoint, 2);
    let new_state = std::fs::read(at(STATE)).unwrap();
    let new_weights = WEIGHTS.file_name(&sha256_of(b"weights after 2 steps"));
    // The state of one and the files of the other.
    std::fs::write(at(STATE), old_state).unwrap();
    assert!(refused(&checkpoint).contains("could not be read"));
    // The weights of one under the name of the other's.
    std::fs::write(at(STATE), new_state).unwrap();
    std::fs::write(at(&new_weights), "weights after 1 steps").unwrap();
    let line = refused(&checkpoint);
    assert!(
        line.contains("sha256") && line.contains("--resume"),
        "{line}"
    );
    std::fs::remove_file(at(&new_weights)).unwrap();
    assert!(refused(&checkpoint).contains(&new_weights));
    assert_ne!(old_weights, new_weights);
    // A state that names nothing, as it was written before.
    std::fs::write(at(STATE), pretty(&state(2))).unwrap();
    assert!(refused(&checkpoint).contains("missing field `optimizer_sha256`"));
    // A name that would lead out of the folder.
    let sly = Saved {
        state: state(2),
        optimizer_sha256: "../../../x".to_owned(),
        weights_sha256: String::new(),
    };
    std::fs::write(at(STATE), pretty(&sly)).unwrap();
    assert!(refused(&checkpoint).contains("optimizer-.bin could not be read"));
}
