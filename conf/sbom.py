#!/usr/bin/env python3
"""What a package is made of, as an SPDX 2.3 document (JSON) on standard output: its files, the libraries that its program
is linked with, and those whose code was compiled into it (static libraries and headers), as dpkg knows them.

    conf/sbom.py PACKAGE.deb BUILD_DIRECTORY

SOURCE_DATE_EPOCH is the time of the document."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path


def said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def spdx_id(*words: str) -> str:
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.]+", "-", "-".join(words))


def fields_of(package: str) -> dict[str, str]:
    text = said("dpkg-deb", "--field", package)
    return dict(re.findall(r"^([A-Za-z-]+): (.*)$", text, re.MULTILINE))


def files_of(package: str) -> list[dict]:
    content = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True, stdout=subprocess.PIPE)
    files = []
    with tarfile.open(fileobj=io.BytesIO(content.stdout)) as tree:
        for member in sorted((m for m in tree if m.isfile()), key=lambda m: m.name):
            data = tree.extractfile(member).read()
            sums = [("SHA1", hashlib.sha1(data)), ("SHA256", hashlib.sha256(data))]
            files.append({
                "SPDXID": spdx_id("File", member.name, hashlib.sha1(member.name.encode()).hexdigest()[:8]),
                "fileName": member.name,
                "checksums": [{"algorithm": name, "checksumValue": sum.hexdigest()} for name, sum in sums],
                "licenseConcluded": "NOASSERTION", "copyrightText": "NOASSERTION"})
    return files


def linked_libraries(program: Path) -> set[str]:
    """The shared libraries that the program names itself, as the loader finds them."""
    needed = re.findall(r"NEEDED +(\S+)", said("objdump", "-p", program))
    found = dict(re.findall(r"^\s+(\S+) => (\S+) ", said("ldd", program), re.MULTILINE))
    return {found[name] for name in needed}


def compiled_in(build: Path) -> set[str]:
    """Static libraries of others and their headers, as the build knows them."""
    inputs = set(said("ninja", "-C", build, "-t", "inputs", "suprsync").splitlines())
    paths = {path for path in inputs if path.startswith("/") and path.endswith(".a")}
    wanted = False
    for line in said("ninja", "-C", build, "-t", "deps").splitlines():
        if line and not line[0].isspace():
            wanted = line.split(":")[0] in inputs
        elif wanted:
            paths.add(line.strip())
    return {os.path.normpath(path) for path in paths if path.startswith(("/usr/", "/lib"))}


def owners(paths: set[str]) -> set[str]:
    # Where a package has a file and where it is found differ by the links /lib -> usr/lib.
    spelled = {spelling for path in paths for real in (path, os.path.realpath(path))
               for spelling in (real, real.removeprefix("/usr"), "/usr" + real)}
    found = subprocess.run(["dpkg-query", "--search", *sorted(spelled)], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True).stdout
    return {owner for line in found.splitlines() if not line.startswith("diversion ")
            for owner in line.split(": ")[0].split(", ")}


def package_of(name: str) -> dict:
    form = "${Package}\t${Version}\t${Architecture}\t${Maintainer}\t${source:Package}\t${source:Version}"
    package, version, architecture, maintainer, source, source_version = said(
        "dpkg-query", "--show", f"--showformat={form}", name).split("\t")
    licences = set()
    copyright_file = Path(f"/usr/share/doc/{package}/copyright")
    if copyright_file.exists():
        licences = set(re.findall(r"^License: *(\S.*)$", copyright_file.read_text(errors="replace"), re.MULTILINE))
    return {
        "SPDXID": spdx_id("Package", package), "name": package, "versionInfo": version,
        "supplier": "Organization: Debian", "originator": f"Organization: {maintainer}",
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "sourceInfo": f"built from {source} {source_version}",
        "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
        **({"licenseComments": f"{copyright_file} names: {', '.join(sorted(licences))}"} if licences else {}),
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{package}@{version}?arch={architecture}"}]}


def document(package: str, build: Path) -> dict:
    fields = fields_of(package)
    files = files_of(package)
    sums = sorted(file["checksums"][0]["checksumValue"] for file in files)
    sha256 = hashlib.sha256(Path(package).read_bytes()).hexdigest()
    own = {
        "SPDXID": spdx_id("Package", fields["Package"]), "name": fields["Package"], "versionInfo": fields["Version"],
        "packageFileName": os.path.basename(package), "supplier": f"Organization: {fields['Maintainer']}",
        "downloadLocation": "NOASSERTION", "filesAnalyzed": True,
        "packageVerificationCode": {"packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest()},
        "checksums": [{"algorithm": "SHA256", "checksumValue": sha256}],
        "licenseConcluded": "NOASSERTION", "licenseDeclared": "BSD-2-Clause", "licenseInfoFromFiles": ["NOASSERTION"],
        "copyrightText": "NOASSERTION"}
    links = {name: "DYNAMIC_LINK" for name in owners(linked_libraries(build / "suprsync"))}
    links |= {name: "STATIC_LINK" for name in owners(compiled_in(build))}
    others = {name: package_of(name) for name in sorted(links)}
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", own["SPDXID"])]
    relations += [(own["SPDXID"], "CONTAINS", file["SPDXID"]) for file in files]
    relations += [(own["SPDXID"], links[name], other["SPDXID"]) for name, other in others.items()]
    time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": os.path.basename(package),
        "documentNamespace": f"https://spdx.org/spdxdocs/{fields['Package']}-{fields['Version']}-{sha256}",
        "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: conf/sbom.py"]},
        "packages": [own, *others.values()], "files": files,
        "relationships": [{"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
                          for one, kind, other in relations]}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: conf/sbom.py PACKAGE.deb BUILD_DIRECTORY")
    json.dump(document(sys.argv[1], Path(sys.argv[2])), sys.stdout, indent=1)
    print()
