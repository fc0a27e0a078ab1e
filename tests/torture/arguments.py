"""Values of options that a person gives to a campaign."""

import argparse
import os


def positive(text):
    """A whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, got '{text}'")
    return int(text)


def minutes(text):
    """A time that is over at some time."""
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not value > 0:
        raise argparse.ArgumentTypeError(f"expected a number of minutes greater than 0, got '{text}'")
    return value


def add_minutes_and_seed(parser, until):
    parser.add_argument("--minutes", type=minutes, default=float("inf"), help=until)
    parser.add_argument("--seed", default=os.environ.get("TORTURE_SEED"), help="repeats the same choices")
