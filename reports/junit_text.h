// The words inside a JUnit file.
#pragma once

#include <string>
#include <string_view>

#include "harness/model/report.h"
#include "reports/translator.h"

namespace mqtts::reports {

// A name that is safe in a class name and in a file's name: what is neither a letter, a digit, '.', '_' nor '-'
// becomes '-'. Never empty.
std::string junit_word(std::string_view name);

// "2026-11-22T15:17:23Z" without its zone letter; the first of the two that is such a time, else the epoch.
std::string junit_timestamp(std::string_view time, std::string_view otherwise);

// Who did what, as a dotted word: "mqtt.accepted", "tls.peer.refused"; "harness.error" if nothing was seen.
std::string junit_type(const CheckResult& check);

// What was expected and seen, how to mend it, and the evidence.
std::string junit_body(const CheckResult& check, const Translator& tr);

// `text` without the lines that Jenkins takes for an order to attach a file ("[[ATTACHMENT|path]]"): logs are
// hostile text.
std::string defused(std::string text);

}  // namespace mqtts::reports
