// Formats the texts inside a JUnit file.
#pragma once

#include <string>
#include <string_view>

#include "harness/model/report.h"
#include "reports/translator.h"

namespace mqtts::reports {

// A name that is safe in class and file names: any character but letters, digits, '.', '_' and '-' becomes '-'. Never
// empty.
std::string junit_word(std::string_view name);

// "2026-11-22T15:17:23Z" without its zone letter; the first of the two that is such a time, else the epoch.
std::string junit_timestamp(std::string_view time, std::string_view otherwise);

// The origin and outcome as a dotted word: "mqtt.accepted", "tls.peer.refused"; "harness.error" without an observation.
std::string junit_type(const CheckResult& check);

// Expected and observed values, the hint, and the evidence.
std::string junit_body(const CheckResult& check, const Translator& tr);

// `text` without lines that Jenkins reads as a command to attach a file ("[[ATTACHMENT|path]]"): logs are hostile text.
std::string defused(std::string text);

}  // namespace mqtts::reports
