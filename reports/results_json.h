// results.json ("mqtts-harness/results/v1"): the single source, from which every report can be rendered again.
#pragma once

#include <functional>
#include <istream>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "harness/model/report.h"
#include "harness/util/error.h"
#include "reports/files.h"
#include "reports/translator.h"

namespace mqtts::reports {

// Everything in `report`, in the order of the schema; unset values are left out, seconds are rounded to milliseconds,
// invalid UTF-8 becomes U+FFFD. `tr` sets the language of "message"; "why" keeps the template and its arguments for
// later translation.
nlohmann::ordered_json to_json(const Report& report, const Translator& tr);

// The same as the text of a file.
std::string results_text(const Report& report, const Translator& tr);

// Calls back for each target of a run, in its order. An error of the callback ends it and is returned.
using EachTarget = std::function<Result<void>(const std::function<Result<void>(const TargetResult&)>&)>;

// The same text piece by piece, for a class whose results need not all be in memory: run and summary come from
// `report`, targets from `each_target`. Errors of `each_target`.
Result<void> write_results(const Report& report, const EachTarget& each_target, const Translator& tr, const Sink& sink);

// Reads such a text: read_results(results_text(report)) equals `report`. ErrorKind::invalid_input, naming the position,
// if it is not JSON, of another schema, lacks a key, or has an unknown key.
Result<Report> read_results(std::string_view text);

// Reads only the run, of results whose targets need not fit into memory. `in` must be seekable. Errors as above, but
// errors in targets are not reported.
Result<RunInfo> read_run(std::istream& in);

// The JSON Schema (draft-07) of the file.
std::string_view results_schema();

}  // namespace mqtts::reports
