"""Research use: who leads the learning, the district's own leaders or outside coaches?"""

from common import Question, answer

ex = Question("research_use")


@ex.main
def main(_run, _config):
    """Run configs/experiments/research_use.yaml, with what the command line changes."""
    return answer(_run, _config)


if __name__ == "__main__":
    ex.run_commandline()
