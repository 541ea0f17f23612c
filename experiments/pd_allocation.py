"""PD allocation: who decides on professional development, on which data?"""

from common import ask

ex = ask("pd_allocation", __file__)

if __name__ == "__main__":
    ex.run_commandline()
