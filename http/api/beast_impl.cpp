// The implementations of Beast and of Asio's TLS streams, compiled once here instead of in every file that
// includes them.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
