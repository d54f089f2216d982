// Exit codes of the program. model/report.h has the one of a run.
#pragma once

namespace mqtts {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;  // a check failed
inline constexpr int exit_broken = 1;  // doctor: something needs fixing; diff: something broke
inline constexpr int exit_usage = 2;
inline constexpr int exit_unjudged = 3;
inline constexpr int exit_not_restored = 4;

}  // namespace mqtts
