// The words by which files name the values of enumerations: for messages, and for what is generated from them.
#pragma once

#include <string>
#include <vector>

#include "harness/model/facts.h"
#include "harness/model/grading.h"
#include "harness/model/observation.h"
#include "harness/model/probe.h"
#include "harness/model/report.h"

namespace mqtts {

// In the order of the enumeration.
template <class Enum>
std::vector<std::string> all_words();

template <>
std::vector<std::string> all_words<Verdict>();
template <>
std::vector<std::string> all_words<Outcome>();
template <>
std::vector<std::string> all_words<By>();
template <>
std::vector<std::string> all_words<Layer>();
template <>
std::vector<std::string> all_words<EvidenceKind>();
template <>
std::vector<std::string> all_words<Severity>();
template <>
std::vector<std::string> all_words<Configuration>();
template <>
std::vector<std::string> all_words<Comparison>();
template <>
std::vector<std::string> all_words<Visibility>();
template <>
std::vector<std::string> all_words<FailureDetail>();
template <>
std::vector<std::string> all_words<Credit>();
template <>
std::vector<std::string> all_words<FingerprintKind>();

}  // namespace mqtts
