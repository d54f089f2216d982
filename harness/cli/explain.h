// The catalogue of checks, for people and programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "harness/catalogue/catalogue.h"
#include "reports/style.h"
#include "reports/translator.h"

namespace mqtts::cli {

// One check, whole: wrapped lines.
std::string explained(const catalogue::Entry& entry, const reports::Translator& tr, const reports::Style& style);

// All checks, a line each, by group.
std::string all_explained(const reports::Translator& tr, const reports::Style& style);

nlohmann::ordered_json as_json(const catalogue::Entry& entry, const reports::Translator& tr);

// docs/checks.md: the whole catalogue as a page of Markdown.
std::string catalogue_page(const reports::Translator& tr);

}  // namespace mqtts::cli
