"""Common: what the experiments share: a question's script runs it and says what came of it."""

import districtsim as ds


def ask(name, script):
    """The Sacred experiment of configs/experiments/<name>.yaml; `script` is its `__file__`."""
    question = ds.Question(name, script)

    @question.main
    def main(_run, _config):
        """Run the question's file, with what the command line changes."""
        return answer(question, _run, _config)

    return question


def answer(question, run, config):
    """Run a configuration, write everything to Sacred's run folder, print the answers.

    Raises RuntimeError at the end if a simulation failed; what the others gave is kept.
    """
    experiment = question.asked(config)
    record = question.record(run, experiment)
    found = ds.run_experiment(
        experiment, record.folder, workers=config["workers"] or None, watch=record.watched
    )
    for row in ds.answers(experiment.name, found.values):
        print(f"{row['question']} {row['effect']} ({row['interval']}). {row['meaning']}")
        record.metric(row["name"], row["difference"])
    record.artifacts()
    if len(found.failed):
        raise RuntimeError(f"{len(found.failed)} runs failed: {found.failed.error.iloc[0]}")
    return {"runs": len(found.runs), "failed": 0}
