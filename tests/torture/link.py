"""The link between ssh and sshd: a TCP proxy whose connections are cut, stand still, or carry bytes that were not sent."""

import socket
import struct
import threading

from site_of_campaign import Site

PIECE = 64 << 10


class Link:
    """`port`: where to connect to instead of the target's own, on the loopback interface."""

    def __init__(self, target_port):
        self.target = ("127.0.0.1", target_port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.flows = threading.Event()
        self.flows.set()
        self.to_corrupt = 0  # pieces
        self.ends = set()
        self.mutex = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Every connection is reset."""
        with self.mutex:
            ends, self.ends = self.ends, set()
        for end in ends:
            self._reset(end)

    def stall(self, stands):
        """Bytes are taken and not passed on."""
        self.flows.clear() if stands else self.flows.set()

    def corrupt(self, pieces):
        """A bit is another one in each of the next pieces."""
        self.to_corrupt = pieces

    def close(self):
        self.listener.close()
        self.stall(False)
        self.cut()

    @staticmethod
    def _reset(end):
        try:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has ended by itself
        end.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.target)
            except OSError:
                self._reset(near)
                continue
            with self.mutex:
                self.ends |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source, sink):
        try:
            while piece := source.recv(PIECE):
                self.flows.wait()
                if self.to_corrupt > 0:
                    self.to_corrupt -= 1
                    middle = len(piece) // 2
                    piece = piece[:middle] + bytes([piece[middle] ^ 4]) + piece[middle + 1:]
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            with self.mutex:
                self.ends -= {source, sink}
            self._reset(source)
            self._reset(sink)


class LinkedSite(Site):
    """A site whose ssh goes through a link."""

    link = None

    def _link(self, port):
        self.link = Link(port)
        return self.link.port

    def close(self, keep):
        super().close(keep)
        if self.link:
            self.link.close()
