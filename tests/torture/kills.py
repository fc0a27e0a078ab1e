"""kill -9 at random moments, and whether anything was lost. See run.sh."""

import os
import signal
import time

from busy_campaign import BusyCampaign, rounds_and_seed
from site_of_campaign import Site
from verdict import check_deletions

# What is killed beside the daemon, and what its command line has.
VICTIMS = {"guardian": "--guardian", "rsync": "rsync", "far-side": "suprsync far-side", "ssh": "ssh "}
SIZES = (0, 100, 1000, 10_000, 200_000, 200_000, 200_000, 8_000_000)


class Kills(BusyCampaign):
    def kill_something(self):
        victim = self.random.choices([None, *VICTIMS], [30, 15, 20, 25, 10])[0]
        # Where the daemon does not end for it, it may be killed again while it is made up for.
        for _ in range(self.random.randrange(1, 4) if victim else 0):
            if running := self.site.processes(VICTIMS[victim]):
                try:
                    os.kill(self.random.choice(running)[0], signal.SIGKILL)
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
        self.counts["deleted"] += check_deletions(self)


def kills_of(campaign):
    return campaign.round + sum(campaign.counts[victim] for victim in VICTIMS), {}


def main():
    rounds, seed = rounds_and_seed("kill -9; see the head of run.sh.", 500)
    campaign = Kills(Site(os.environ["SUPRSYNC"]), seed, VICTIMS, SIZES)
    campaign.run(rounds, f"tests/torture/run.sh {rounds}", seed, kills_of)


main()
