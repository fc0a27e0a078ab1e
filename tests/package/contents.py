"""What a package is made of, looked at without installing it: contents.py PACKAGE.deb REPOSITORY."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from checks import check

LONGEST = 10_000_000  # bytes of the program
FILES = {
    "etc/suprsync/suprsync.yaml", "usr/bin/suprsync", "usr/lib/sysusers.d/suprsync.conf",
    "usr/lib/tmpfiles.d/suprsync.conf", "usr/share/bash-completion/completions/suprsync",
    "usr/share/doc/suprsync/README.md.gz", "usr/share/doc/suprsync/changelog.Debian.gz",
    "usr/share/doc/suprsync/changelog.gz", "usr/share/doc/suprsync/copyright", "usr/share/doc/suprsync/suprsync.yaml",
    "usr/share/doc/suprsync/monitoring/alerts.yaml", "usr/share/doc/suprsync/monitoring/grafana.json",
    "usr/share/fish/vendor_completions.d/suprsync.fish", "usr/share/man/man1/suprsync.1.gz",
    "usr/share/man/man5/suprsync.yaml.5.gz", "usr/share/zsh/vendor-completions/_suprsync",
    "systemd/system/suprsync.service", "systemd/system/suprsync@.service",
}
# What an SPDX 2.3 document must say, by its schema.
REQUIRED = {
    "packages": {"SPDXID", "name", "downloadLocation"}, "files": {"SPDXID", "fileName", "checksums"},
    "relationships": {"spdxElementId", "relationshipType", "relatedSpdxElement"},
}


def said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def check_files(tree: Path) -> None:
    found = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    units = re.compile(r"^(usr/)?lib/(?=systemd/)")  # Debian 12 has them below /lib
    missing = FILES - {units.sub("", path) for path in found}
    check("all files are in the package", not missing, sorted(missing))
    others = {path for path in found if path.startswith(("etc/", "var/", "run/", "srv/"))}
    check("nothing else is below /etc, /var, /run or /srv", others == {"etc/suprsync/suprsync.yaml"}, sorted(others))


def check_configuration(tree: Path, control: Path, repository: Path) -> None:
    conffiles = (control / "conffiles").read_text().split()
    check("the configuration is the conffile", conffiles == ["/etc/suprsync/suprsync.yaml"], conffiles)
    lines = (tree / "etc/suprsync/suprsync.yaml").read_text().splitlines()
    active = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    check("all of it is commented", not active, active)
    example = (repository / "conf/suprsync.yaml").read_text().splitlines()
    differing = [(one, other) for one, other in zip(lines, example, strict=True) if one not in (other, f"#{other}")]
    check("it is the example otherwise", not differing, differing)


def check_program(program: Path) -> None:
    size = program.stat().st_size
    check(f"the program is below {LONGEST} bytes", size < LONGEST, size)
    sections = said("readelf", "--section-headers", "--wide", program)
    check("it has no debug symbols", not re.search(r"\.(debug_info|symtab)", sections))
    headers = said("readelf", "--file-header", "--program-headers", "--dynamic", "--wide", program)
    check("it is position-independent", bool(re.search(r"Type:\s+DYN", headers)) and "Flags: NOW PIE" in headers)
    check("what is relocated is read-only afterwards", "GNU_RELRO" in headers and "BIND_NOW" in headers)
    symbols = said("readelf", "--dyn-syms", "--wide", program)
    check("its stack is protected", "__stack_chk_fail" in symbols)
    check("copies into buffers of known size are checked", bool(re.search(r"__\w+_chk@", symbols)))
    texts = program.read_bytes()
    check("it does not name where it was built", b"/build/release" not in texts)


def check_dependencies(control: Path, repository: Path) -> None:
    fields = (control / "control").read_text()
    depends = {word.split()[0] for word in re.search(r"^Depends: (.*)$", fields, re.MULTILINE)[1].split(", ")}
    wanted = {"rsync", "openssh-client", "coreutils", "util-linux", "libc6"}
    check("it depends on the programs that it runs, and on its libraries", wanted <= depends, sorted(depends))
    for release in ("bookworm", "trixie"):
        names = said("env", f"DEBIAN_CODENAME={release}", "bash", "-c",
                     f". {repository}/conf/packages.sh && echo ${{build_packages[*]}}").split()
        text = (repository / "debian/control").read_text().split("\n\n")[0]
        listed = set(re.findall(r"[ |]+([a-z][a-z0-9.+-]+)", text[text.index("Build-Depends:"):]))
        check(f"debian/control has all that it is built with ({release})", set(names) <= listed,
              sorted(set(names) - listed))


def check_materials(package: Path, tree: Path) -> None:
    document = json.loads(package.with_suffix(".spdx.json").read_text())
    missing = {"spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo"} - set(document)
    check("the SPDX document says what it must", not missing, missing)
    creation = document["creationInfo"]
    check("it says when and by what it was made", bool(creation["creators"]) and
          bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", creation["created"])), creation)
    for kind, fields in REQUIRED.items():
        lacking = [entry for entry in document[kind] if not fields <= set(entry)]
        check(f"each of its {kind} says what it must", bool(document[kind]) and not lacking, lacking)
    elements = [entry["SPDXID"] for kind in ("packages", "files") for entry in document[kind]] + [document["SPDXID"]]
    check("identifiers are well-formed, each once", len(set(elements)) == len(elements) and
          all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", element) for element in elements), elements)
    ends = {relation[end] for relation in document["relationships"] for end in ("spdxElementId", "relatedSpdxElement")}
    check("relationships are between them", ends <= set(elements), ends - set(elements))
    named = {file["fileName"].removeprefix("./") for file in document["files"]}
    found = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file() and not path.is_symlink()}
    check("it has the files of the package", named == found, named ^ found)
    copyright_text = (tree / "usr/share/doc/suprsync/copyright").read_text()
    sources = {re.match(r"built from (\S+)", entry["sourceInfo"])[1] for entry in document["packages"]
               if any(relation["relatedSpdxElement"] == entry["SPDXID"] and relation["relationshipType"] == "STATIC_LINK"
                      for relation in document["relationships"])}
    # gcc-12 and boost1.81 are named without their versions.
    unsaid = {source for source in sources if not re.search(
        rf"\b({re.escape(source)}|{re.escape(re.sub(r'-?[0-9.]+$', '', source))})\b", copyright_text)}
    check("the copyright file says whose code is compiled in", bool(sources) and not unsaid, unsaid or sources)


def check_sums(package: Path) -> None:
    sums = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=package.parent)
    check("SHA256SUMS agrees", sums.returncode == 0)
    listed = (package.parent / "SHA256SUMS").read_text()
    symbols = package.name.replace("suprsync_", "suprsync-dbgsym_")
    names = [package.name, symbols, package.with_suffix(".spdx.json").name]
    check("it has the package, its symbols and what it is made of", all(name in listed for name in names), listed)


def check_lintian(package: Path) -> None:
    found = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", package], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True)
    check("lintian has neither errors nor warnings", found.returncode == 0, found.stdout)


def main(package: Path, repository: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="suprsync-package-") as directory:
        tree, control = Path(directory) / "tree", Path(directory) / "control"
        said("dpkg-deb", "--extract", package, tree)
        said("dpkg-deb", "--control", package, control)
        check_files(tree)
        check_configuration(tree, control, repository)
        check_program(tree / "usr/bin/suprsync")
        check_dependencies(control, repository)
        check_materials(package, tree)
    check_sums(package)
    check_lintian(package)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except (AssertionError, subprocess.SubprocessError, OSError) as failure:
        sys.exit(f"FAIL  {failure}")
