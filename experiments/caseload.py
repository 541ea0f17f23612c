"""Caseload: how many principals per supervisor, with how much protected time?"""

from common import ask

ex = ask("caseload", __file__)

if __name__ == "__main__":
    ex.run_commandline()
