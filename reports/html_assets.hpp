// The files of reports/html as pages, embedded when the program is built.
#pragma once

#include <string_view>

namespace quiesce::reports {

/// In the places of <!--TITLE-->, <!--TEXT-->, <!--DATA--> and <!--PAGE-->, a page puts its own.
extern const std::string_view kReportTemplate;
extern const std::string_view kDiffTemplate;
extern const std::string_view kSimulationTemplate;

}  // namespace quiesce::reports
