// One call that links staged files of a slot to their names, whatever stands in the way
// (net/remote/link_staged.sh).
#pragma once

#include <string>
#include <vector>

#include "engine/ports/transport.hpp"
#include "net/place/base_options.hpp"
#include "net/place/base_state.hpp"
#include "net/place/directories_below.hpp"
#include "net/place/slot_hold.hpp"
#include "net/place/work_watch.hpp"

namespace suprsync {

class publishing {
  public:
    /// All of them live as long as this does; `root` is the base directory, open.
    publishing(int root, const slot_hold& slot, const base_state& state, const base_options& options,
               work_watch& watch)
        : root_(root),
          slot_(slot),
          state_(state),
          options_(options),
          watch_(watch),
          directories_(root, state, options) {}

    /// Outcomes and details, which have one element per item already; those that it does not come to, since
    /// it is told to stop, stay as they are.
    void run(const std::vector<publish_item>& items, publish_report& report);

  private:
    void one(const publish_item& item, publish_outcome& outcome, std::string& detail,
             std::optional<remote_object>& object);
    void enter(const std::string& directory);
    bool link(const std::string& path, const std::string& name);
    bool stands_in_its_way(const publish_item& item, const struct ::stat& staged, publish_outcome& outcome,
                           std::string& detail, std::optional<remote_object>& object);
    bool sync_names(int above, std::string directory);
    bool keep(const publish_item& item, const std::string& name, const std::string& kept_as);
    std::string sum_of(const std::string& name);
    remote_object object_at(const std::string& name) const;
    void give_up(publish_outcome& outcome, std::string& detail);
    void unstage(const std::string& path) const;

    int root_;
    const slot_hold& slot_;
    const base_state& state_;
    const base_options& options_;
    work_watch& watch_;
    directories_below directories_;
    std::string directory_ = "/";  ///< that is entered; none at first
    open_descriptor here_;
    directories_below::obstacle obstacle_;  ///< why it could not be
    int error_ = 0;                         ///< why something could not be made in it
};

}  // namespace suprsync
