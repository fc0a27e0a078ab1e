"""kill -9 at random moments, and whether anything was lost. See run.sh."""

import os
import signal
import time

from busy_campaign import BusyCampaign, rounds_and_seed
from site_of_campaign import Site
from verdict import check_now

# What is killed beside the daemon, by its words.
VICTIMS = {"guardian": lambda words: "--guardian" in words, "rsync": lambda words: name_of(words) == "rsync",
           "far-side": lambda words: "suprsync far-side" in words, "ssh": lambda words: name_of(words) == "ssh",
           "other child": lambda words: "suprsync run" not in words}
SIZES = (0, 100, 1000, 10_000, 200_000, 200_000, 200_000, 8_000_000)


def name_of(words):
    """Of a program, by its command line."""
    return words.split(" ", 1)[0].rpartition("/")[2]


class Kills(BusyCampaign):
    killed = 0  # how often the daemon was

    def kill_something(self):
        victim = self.random.choices([None, *VICTIMS], [30, 15, 20, 20, 10, 5])[0]
        # Where the daemon does not end for it, it may be killed again while it is made up for.
        for _ in range(self.random.randrange(1, 4) if victim else 0):
            if running := [pid for pid, words in self.site.processes() if VICTIMS[victim](words)]:
                try:
                    os.kill(self.random.choice(running), signal.SIGKILL)
                    self.counts[victim] += 1
                except ProcessLookupError:
                    pass
            time.sleep(self.random.random() * 0.5)
        self.site.kill()

    def one_round(self):
        self.round += 1
        self.site.start()
        writers = self.writers()
        time.sleep(self.random.random() ** 2 * 4)
        self.kill_something()
        for writer in writers:
            writer.join()
        self.killed += 1
        self.counts["deleted"] += check_now(self)


def kills_of(campaign):
    return campaign.killed + sum(campaign.counts[victim] for victim in VICTIMS), {}


def main():
    chosen = rounds_and_seed("kill -9; see the head of run.sh.", 500)
    campaign = Kills(Site(os.environ["SUPRSYNC"]), chosen.seed, VICTIMS, SIZES)
    campaign.run(chosen, "tests/torture/run.sh", kills_of)


if __name__ == "__main__":
    main()
