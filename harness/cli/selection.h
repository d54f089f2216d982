// Selects stages and checks of a plan: --stage, --check, --tag, --skip-tag; and sets variables: --var, --vars.
#pragma once

#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/plan/load.h"
#include "harness/util/error.h"

namespace mqtts::cli {

struct Selection {
  std::vector<std::string> stages;
  std::vector<std::string> checks;  // globs: "*-rejected"
  std::vector<std::string> tags;
  std::vector<std::string> skipped_tags;

  bool wants(const StageSpec& stage) const;
  bool wants(const CheckSpec& check) const;
  bool wants_all() const { return stages.empty() && checks.empty() && tags.empty() && skipped_tags.empty(); }
};

// Converts a selection to texts, and back: "--stage=tls". Ignores other texts.
std::vector<std::string> to_texts(const Selection& selection);
Selection selection_from(const std::vector<std::string>& texts);

// The plan for grading a selection: the selected checks, and their prerequisites and controls, which earn points only
// if they are selected too. All stages stay, as they define which files the lab puts on the host.
Plan selected_part(Plan plan, const Selection& selection);

// ErrorKind::usage if the plan lacks a selected stage, or if nothing is selected.
Result<void> check_selection(const Selection& selection, const Plan& plan);

struct VariableOptions {
  std::vector<std::string> assignments;  // NAME=VALUE
  std::string file;                      // a JSON object with strings as values
};

// ErrorKind::usage for an assignment without "=", ErrorKind::invalid_input for an unreadable file. An assignment
// overrides the file.
Result<plan::Overrides> overrides_from(const VariableOptions& options);

}  // namespace mqtts::cli
