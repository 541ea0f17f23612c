"""PD allocation: who decides on professional development, on which data?"""

from common import Question, answer

ex = Question("pd_allocation")


@ex.main
def main(_run, _config):
    """Run configs/experiments/pd_allocation.yaml, with what the command line changes."""
    return answer(_run, _config)


if __name__ == "__main__":
    ex.run_commandline()
