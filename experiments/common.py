"""Common: what the experiments share: a question's script runs it and says what came of it."""

import districtsim as ds


def ask(name, script):
    """The Sacred experiment of configs/experiments/<name>.yaml; `script` is its `__file__`."""
    question = ds.Question(name, script)

    @question.main
    def main(_run, _config):
        """Run the question's file, with what the command line changes."""
        said = question.answer(_run, _config)
        print("\n".join(said))
        return {"runs": _run.info["runs"], "failed": _run.info["failed"]}

    return question
