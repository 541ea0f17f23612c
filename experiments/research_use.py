"""Research use: who leads the learning, the district's own leaders or outside coaches?"""

from common import ask

ex = ask("research_use", __file__)

if __name__ == "__main__":
    ex.run_commandline()
