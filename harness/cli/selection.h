// Which stages and checks of a plan are meant: --stage, --check, --tag, --skip-tag; and --var, --vars.
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

// A selection as texts, and back: "--stage=tls". What is no such text is passed over.
std::vector<std::string> to_texts(const Selection& selection);
Selection selection_from(const std::vector<std::string>& texts);

// The plan by which a selection is marked: the checks that are selected, and those that they need or lean on, which
// are worth nothing unless they are selected themselves. All stages stay, as they tell what the lab puts on the host.
Plan selected_part(Plan plan, const Selection& selection);

// ErrorKind::usage if a stage is none of the plan's, or if nothing at all is selected.
Result<void> check_selection(const Selection& selection, const Plan& plan);

struct VariableOptions {
  std::vector<std::string> assignments;  // NAME=VALUE
  std::string file;                      // a JSON object of texts
};

// ErrorKind::usage for an assignment without "=", ErrorKind::invalid_input for a file that cannot be read.
// An assignment outranks the file.
Result<plan::Overrides> overrides_from(const VariableOptions& options);

}  // namespace mqtts::cli
