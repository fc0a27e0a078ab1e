"""A WAMP router for tests on Autobahn, whose reader of messages refuses what is none: basic profile, one realm, anonymous,
with the bridge of crossbar at POST /call. Says on a line of its output each what it sees:

    router on PORT
    joined | goodbye | closed
    registered URI | unregistered URI
    published JSON            the message as it came, byte for byte
    refused REASON            a client sent what is no message

Run as: wamp_router.py PORT REALM      (port 0: any)
"""

import itertools
import json
import sys

import txaio

txaio.use_twisted()

from autobahn.twisted.resource import WebSocketResource
from autobahn.twisted.websocket import WampWebSocketServerFactory
from autobahn.wamp import message, role
from autobahn.wamp.exception import ProtocolError
from autobahn.wamp.serializer import JsonSerializer
from twisted.internet import reactor
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site

ids = itertools.count(1)
procedures = {}  # by URI: registration id and session
calls = {}  # by invocation: what answers it


def say(*words):
    print(*words, flush=True)


class TellingSerializer(JsonSerializer):
    def unserialize(self, payload, is_binary=None):
        try:
            messages = super().unserialize(payload, is_binary)
        except ProtocolError as refused:
            say("refused", refused)
            raise
        for one in messages:
            if isinstance(one, message.Publish):
                say("published", payload.decode())
        return messages


class Session:
    """What Autobahn wants of the session of one connection."""

    _session_id = _realm = _authid = _authrole = None

    def __init__(self):
        self.transport = None
        self.last_request = 0

    def onOpen(self, transport):
        self.transport = transport

    def onClose(self, was_clean):
        self.forget()
        say("closed")

    def forget(self):
        for uri in [uri for uri, (_, owner) in procedures.items() if owner is self]:
            del procedures[uri]

    def onMessage(self, got):
        if isinstance(got, (message.Publish, message.Register, message.Unregister)):
            if got.request != self.last_request + 1:
                say("refused", "request", got.request, "after", self.last_request)
            self.last_request = got.request
        getattr(self, "on_" + type(got).__name__.lower(), self.on_other)(got)

    def on_hello(self, got):
        if got.realm != REALM:
            self.transport.send(message.Abort("wamp.error.no_such_realm", "no realm " + got.realm))
            return
        say("joined")
        roles = {"broker": role.RoleBrokerFeatures(), "dealer": role.RoleDealerFeatures()}
        self.transport.send(
            message.Welcome(next(ids) + (1 << 52), roles, realm=got.realm, authid="a", authrole="anonymous",
                            authmethod="anonymous", authprovider="static"))

    def on_goodbye(self, got):
        say("goodbye", got.reason)
        self.forget()
        self.transport.send(message.Goodbye("wamp.close.goodbye_and_out"))

    def on_register(self, got):
        if got.procedure in procedures:
            self.transport.send(
                message.Error(message.Register.MESSAGE_TYPE, got.request, "wamp.error.procedure_already_exists",
                              args=[got.procedure]))
            return
        procedures[got.procedure] = (next(ids), self)
        self.transport.send(message.Registered(got.request, procedures[got.procedure][0]))
        say("registered", got.procedure)

    def on_unregister(self, got):
        for uri in [uri for uri, (number, _) in procedures.items() if number == got.registration]:
            del procedures[uri]
            say("unregistered", uri)
        self.transport.send(message.Unregistered(got.request))

    def on_publish(self, got):
        pass

    def on_yield(self, got):
        calls.pop(got.request)(got.args, got.kwargs, None)

    def on_error(self, got):
        calls.pop(got.request)(got.args, got.kwargs, got.error)

    def on_other(self, got):
        say("refused", got)


class Call(Resource):
    isLeaf = True

    def render_POST(self, request):
        asked = json.load(request.content)

        def answer(args, kwargs, error):
            body = json.dumps({"args": args, "kwargs": kwargs, "error": error}).encode()
            request.setHeader("Content-Length", str(len(body)))  # else it comes in chunks
            request.write(body)
            request.finish()

        number, session = procedures.get(asked["procedure"], (0, None))
        if session is None:
            reactor.callLater(0, answer, [], {}, "wamp.error.no_such_procedure")
            return NOT_DONE_YET
        invocation = next(ids)
        calls[invocation] = answer
        session.transport.send(
            message.Invocation(invocation, number, args=asked.get("args"), kwargs=asked.get("kwargs")))
        return NOT_DONE_YET


PORT, REALM = int(sys.argv[1]), sys.argv[2]
factory = WampWebSocketServerFactory(Session, serializers=[TellingSerializer()])
factory.startFactory()
root = Resource()
root.putChild(b"ws", WebSocketResource(factory))
root.putChild(b"call", Call())
listening = reactor.listenTCP(PORT, Site(root), interface="127.0.0.1")
say("router on", listening.getHost().port)
reactor.run()
