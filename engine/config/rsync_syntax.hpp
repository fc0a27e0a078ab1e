// What rsync understands as the value of --bwlimit and --chmod, and ssh as a destination: by their form
// alone, so that a mistake is found before anything is started.
#pragma once

#include <string>

namespace suprsync {

/// rsync's RATE: a number with an optional fraction and suffix ("800", "1.5m", "2MiB", "10kb+1"), 0 or at
/// least 512 bytes a second.
bool is_rsync_rate(const std::string& text);

/// A list, between commas, of [DF][ugoa][-+=][rwXxst], of [DF][ugoa][-+=] and one of [ugo], or of [DF] and
/// octal digits ("Dg+s,ug+w,Fo-w", "F644").
bool is_rsync_modes(const std::string& text);

/// [USER@]HOST, where HOST may be an IPv6 address, with brackets or without, and may have a zone.
bool is_ssh_destination(const std::string& text);

}  // namespace suprsync
