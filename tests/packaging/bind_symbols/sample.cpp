// A library that calls a function of its own, has the address of another in data, and takes that address. A linker
// needs a table of calls for the first alone.
extern "C" {

const char* sample_label() { return "library"; }

const char* sample_name() { return "library"; }

const char* (*sample_pointer)() = sample_name;

const char* sample_called() { return sample_label(); }

const char* sample_in_data() { return sample_pointer(); }

const char* (*sample_address())() { return sample_name; }
}
