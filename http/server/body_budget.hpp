// The memory that the bodies of all requests may take together (spec, Limits of requests). On the loop's
// thread.
#pragma once

#include <cstddef>

namespace suprsync {

class body_budget {
  public:
    explicit body_budget(std::size_t most) : most_(most) {}

    /// What one request takes; given back at the end of its scope.
    class share {
      public:
        explicit share(body_budget& of) : of_(of) {}
        share(const share&) = delete;
        share& operator=(const share&) = delete;
        ~share() { give_back(); }

        /// Its body holds so many bytes now. False where that is too much for all together; nothing is taken
        /// then.
        bool grow_to(std::size_t bytes);
        void give_back();

      private:
        body_budget& of_;
        std::size_t taken_ = 0;
    };

  private:
    const std::size_t most_;
    std::size_t taken_ = 0;
    std::size_t highest_ = 0;  // since all was given back
};

}  // namespace suprsync
