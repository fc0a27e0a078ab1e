// One day: time, machines, the daemon's lives, and what the plan has happen to them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/daemon_life.hpp"
#include "tests/simulation/faulty_files.hpp"
#include "tests/simulation/garbage.hpp"
#include "tests/simulation/oracle.hpp"
#include "tests/simulation/plan.hpp"
#include "tests/support/scratch_directory.hpp"

namespace suprsync::simulation {

struct day_report {
    std::vector<std::string> violations;
    tally seen;
    std::map<std::string, std::uint64_t> happened;  ///< by kind of event
    std::uint64_t lives = 0, wakes = 0, catalog_writes = 0, catalog_failures = 0, catalog_writes_lost = 0;
    std::uint64_t answers_lost = 0;
    std::size_t most_sleepers = 0, most_open = 0;
};

class simulated_day {
  public:
    /// `tell`: where to say what happens, step by step; may be empty.
    simulated_day(std::uint64_t seed, std::vector<planned> plan, std::function<void(const std::string&)> tell)
        : simulated_day(seed, circumstances_of(seed), std::move(plan), std::move(tell)) {}
    /// A day like no seed's.
    simulated_day(std::uint64_t seed, const circumstances& like, std::vector<planned> plan,
                  std::function<void(const std::string&)> tell);
    ~simulated_day();
    simulated_day(const simulated_day&) = delete;
    simulated_day& operator=(const simulated_day&) = delete;

    day_report run();

    /// What garbage rows hold; where it is empty, the event's seed decides.
    choice garbage_chosen_by;

  private:
    // simulated_day.cpp
    void live();
    void run_until(double seconds);
    void take_turn();
    void look_around();
    void after(double seconds, std::function<void()> what);
    void step();
    void say(const std::string& what);
    test::foreign_writer& others();
    surroundings around();
    // lives.cpp
    daemon_configuration configuration() const;
    void start();
    void end_life();
    void die(bool power_cut);
    void bury();
    void stop_daemon();
    void reload();
    void pause(double seconds, random chance);
    void restore_backup();
    void fail_question(random chance);
    void lock_catalog();
    void unlock_catalog();
    // people.cpp
    void perform_of_people(const planned& event, random chance);
    void write_rows(const planned& event, random chance);
    std::optional<test::catalog_row> any_row(random& chance, const std::string& where);
    std::optional<test::catalog_row> row_for(event_kind kind, random& chance);
    test::catalog_row new_row(random& chance, const std::string& archive);
    void write_again(const std::string& path);
    void remove_here(const std::string& path);
    void insert(const test::catalog_row& row);
    void update(const test::catalog_row& row, const std::string& what);
    void register_by_service(random chance);
    void age_announcements();
    // asked.cpp
    void ask(const planned& event, random chance);
    // garbage_writers.cpp
    void write_garbage(random chance);
    void write_garbage_day(const std::string& archive, const choice& one_of);
    void write_garbage_file(const std::string& archive, const choice& one_of, random& chance);
    // troubles.cpp
    void perform(const planned& event);
    void try_to(const std::function<void()>& do_it);
    void perform_here(const planned& event, random chance);
    void perform_there(const planned& event, random chance);
    void meddle(const planned& event, random chance);
    void end_troubles();

    const std::uint64_t seed_;
    const circumstances like_;
    std::vector<planned> plan_;
    std::function<void(const std::string&)> tell_;
    test::scratch_directory scratch_;
    machine_time time_;
    local_files here_{time_};
    far_host there_;
    transport_watch watch_;
    faulty_files& files_;
    std::unique_ptr<test::foreign_writer> others_;
    oracle judge_;
    std::multimap<std::chrono::nanoseconds, std::function<void()>> agenda_;
    std::vector<planned> waiting_;  // for the daemon to do something
    std::unique_ptr<daemon_life> life_;
    std::uint64_t last_event_told_ = 0;
    std::uint64_t next_name_ = 0;
    std::uint64_t next_content_ = 0;
    bool one_archive_ = false;  // of the configuration
    double delete_after_ = 3600;
    bool deletes_ = true;
    bool announces_late_ = false;  // the next one
    bool announces_anew_ = false;  // in place of an old one, when it was asked last
    bool down_for_good_ = false;   // no start is planned while it is
    bool backup_taken_ = false;
    bool quiet_ = false;
    bool catalog_locked_ = false;
    bool death_cut_power_ = false;
    std::set<std::string> questions_;  // to the catalog, that were ever asked
    std::uint64_t wakes_in_hour_ = 0;
    int hour_ = 0;
    day_report report_;
};

}  // namespace suprsync::simulation
