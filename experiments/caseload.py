"""Caseload: how many principals per supervisor, with how much protected time?"""

from common import Question, answer

ex = Question("caseload")


@ex.main
def main(_run, _config):
    """Run configs/experiments/caseload.yaml, with what the command line changes."""
    return answer(_run, _config)


if __name__ == "__main__":
    ex.run_commandline()
