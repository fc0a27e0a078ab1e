// Reads what people write as the value of an option, of a key in a file or of a query: times, dates, rates,
// flags, one of some words, names, and what rsync and ssh understand (numbers: engine/model/text.hpp). By the
// form of the text alone; where it stands, and the message that names it, are the caller's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/file.hpp"
#include "engine/model/notify_settings.hpp"

namespace suprsync {

/// What read_duration takes, for messages.
inline constexpr const char* duration_forms = "a time such as 90, 90s, 15m, 2h or 7d";

/// Seconds: a number, or one with a unit; none where the text is no such thing, negative or not finite.
std::optional<double> read_duration(std::string_view text);

/// "90s", "0.5s": what read_duration reads as the same number.
std::string show_duration(double seconds);

/// What read_date takes, for messages.
inline constexpr const char* date_forms =
    "a date such as 2026-11-28, 2026-11-28T23:15:00Z or 2026-11-28T23:15+09:00 (ISO 8601; UTC where no zone is given), or seconds since the epoch";

/// A point in time, in one of date_forms; a space may stand for the T, and seconds have a fraction. None
/// where the text is no such thing, or lies before 1970 or after the year 5138.
std::optional<epoch_seconds> read_date(std::string_view text);

/// What read_daily_time takes, for messages.
inline constexpr const char* daily_time_forms = "an hour such as 08:00 (UTC) or 08:00 local";

/// An hour and a minute of UTC, or behind them "local"; none where the text is no such thing.
std::optional<daily_time> read_daily_time(std::string_view text);

/// "08:00", "08:00 local".
std::string show_daily_time(const daily_time& when);

/// What read_rate takes, for messages.
inline constexpr const char* rate_forms =
    "a rate as rsync knows it: 800 (KiB/s), 1.5m or 2MiB (powers of 1024), 10MB (powers of 1000), or the same with /s";

/// A rate in bytes a second as rsync's --bwlimit takes it (is_rsync_rate): the text without "/s" after its
/// unit.
std::optional<std::string> read_rate(std::string_view text);

/// true, yes, on or false, no, off, in any case; none for anything else.
std::optional<bool> read_flag(std::string_view text);

/// The one of `words` that the text is in any case, as it stands there; none where it is none of them.
std::optional<std::string> read_word(std::string_view text, const std::vector<std::string>& words);

/// rsync's RATE (--bwlimit): a number with an optional fraction and suffix ("800", "1.5m", "2MiB", "10kb+1"),
/// 0 or at least 512 bytes a second.
bool is_rsync_rate(const std::string& text);
/// Of such a text, in bytes a second; 0: no limit. None where it is none.
std::optional<double> bytes_of_rate(const std::string& text);

/// rsync's modes (--chmod): a list, between commas, of [DF][ugoa][-+=][rwXxst], of [DF][ugoa][-+=] and one of
/// [ugo], or of [DF] and octal digits ("Dg+s,ug+w,Fo-w", "F644").
bool is_rsync_modes(const std::string& text);

/// ssh's destination: [USER@]HOST, where HOST may be an IPv6 address, with brackets or without, and may have
/// a zone.
bool is_ssh_destination(const std::string& text);

/// NAME_MAX of Linux file systems.
inline constexpr std::size_t longest_name = 255;

/// What is wrong with the name of an archive or an instance, which becomes part of paths, a label of metrics
/// and a word of the log: expected is 1 to 255 bytes of printable UTF-8 (is_printable) without '/', not
/// beginning with a dot. None where nothing is.
std::optional<std::string> why_no_name(const std::string& name);

}  // namespace suprsync
