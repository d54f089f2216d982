// Both languages of the reports.
#pragma once

#include "reports/translator.h"

namespace mqtts::test {

inline const reports::Words english(Lang::en);
inline const reports::Words french(Lang::fr);

}  // namespace mqtts::test
