// The implementation of Asio, compiled once here instead of in every file that includes it (20 s and 1 GB
// each).
#include <boost/asio/impl/src.hpp>
