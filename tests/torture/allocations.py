"""Allocations of the daemon that fail: the n-th one, for values of n by the seed. See run.sh."""

import re
import sys

from arguments import positive
from points import Campaign, options
from site_of_campaign import ARCHIVES


class Allocations(Campaign):
    def run(self, site, n):
        """A scenario whose first daemon meets it, its status, and what was noted."""
        report = site.top / "report"
        report.unlink(missing_ok=True)
        scenario = self.scenario(site)
        status = scenario.with_fault(LD_PRELOAD=str(self.preload), TORTURE_ALLOCATION=str(n), TORTURE_REPORT=str(report))
        scenario.without_fault()
        return scenario, status, report.read_text()

    def how_many(self, site):
        scenario, status, report = self.run(site, 0)
        made = re.search(r"^allocations (\d+)$", report, re.MULTILINE)
        if scenario.lost or status != 0 or not made:
            raise RuntimeError(f"without any fault the first run ended with {status}; {scenario.lost} {report}")
        return int(made[1])

    def one(self, site, n):
        scenario, status, report = self.run(site, n)
        if scenario.lost:
            scenario.lost.append(f"the run with the fault ended with {status}")
        self.judge(scenario, f"{site.archives[0]} allocation {n}", "malloc", report.count("failed "))


def main():
    parser = options("Allocations of the daemon fail, one of all for each scenario; see the head of run.sh.")
    parser.add_argument("--points", type=positive, default=2000, metavar="N", help="so many of them; default: 2000")
    parser.add_argument("--one", type=positive, metavar="N", help="the N-th one only")
    chosen = parser.parse_args()
    campaign = Allocations(chosen)
    sites = {archive: campaign.site(archive) for archive in chosen.archive or ARCHIVES}
    print(f"allocations that fail, TORTURE_SEED={campaign.seed}", flush=True)
    try:
        if chosen.one:
            for site in sites.values():
                campaign.one(site, chosen.one)
        else:
            most = {archive: campaign.how_many(site) for archive, site in sites.items()}
            for number in range(chosen.points):
                archive = list(sites)[number % len(sites)]
                if campaign.over():
                    break
                campaign.one(sites[archive], campaign.random.randint(1, most[archive]))
    finally:
        for site in sites.values():
            site.close(keep=False)
    campaign.end("tests/torture/run.sh --malloc " + " ".join(sys.argv[1:]))


main()
