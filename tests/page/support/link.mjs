// A destination on another host: an sshd of our own on the loopback interface, and the link to it, which can go down.
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

import {freePort, run, start, waitUntil} from "./processes.mjs";

const hostName = "suprsync-test";

function accepts(port) {
  return new Promise((answer) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("data", () => {
      socket.destroy();
      answer(true);
    });
    socket.on("error", () => answer(false));
  });
}

// {host, environment of the daemon, down(), up(), stop()}
export async function startLink(directory) {
  const user = os.userInfo().username;
  const in_ = (name) => path.join(directory, name);
  if (process.getuid() === 0) fs.mkdirSync("/run/sshd", {recursive: true});
  for (const name of ["host_key", "client_key"]) run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", in_(name));
  const [behind, before] = [await freePort(), await freePort()];
  fs.writeFileSync(
    in_("sshd_config"),
    `ListenAddress 127.0.0.1
Port ${behind}
HostKey ${in_("host_key")}
AuthorizedKeysFile ${in_("client_key.pub")}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
UseDNS no
MaxStartups 200
SetEnv SHLVL=1
`,
  );
  fs.writeFileSync(in_("known_hosts"), `${hostName} ${fs.readFileSync(in_("host_key.pub"), "utf8")}`);
  fs.writeFileSync(
    in_("ssh_config"),
    `Host ${hostName}
  HostName 127.0.0.1
  Port ${before}
  HostKeyAlias ${hostName}
  IdentityFile ${in_("client_key")}
  IdentitiesOnly yes
  UserKnownHostsFile ${in_("known_hosts")}
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
`,
  );
  const sshd = start("/usr/sbin/sshd", ["-D", "-e", "-f", in_("sshd_config")], in_("sshd.log"));
  await waitUntil("sshd answers", () => accepts(behind));

  const open = new Set();
  let server = null;
  const up = () =>
    new Promise((done) => {
      server = net.createServer((here) => {
        const there = net.connect(behind, "127.0.0.1");
        for (const [one, other] of [
          [here, there],
          [there, here],
        ]) {
          open.add(one);
          one.on("error", () => {});
          one.on("close", () => {
            open.delete(one);
            other.destroy();
          });
        }
        here.pipe(there);
        there.pipe(here);
      });
      server.listen(before, "127.0.0.1", done);
    });
  const down = () =>
    new Promise((done) => {
      server.close(done);
      for (const socket of open) socket.destroy();
    });
  await up();
  return {
    host: `${user}@${hostName}`,
    environment: {SUPRSYNC_SSH_CONFIG: in_("ssh_config")},
    down,
    up,
    async stop() {
      if (server.listening) await down();
      await sshd.stop();
    },
  };
}
