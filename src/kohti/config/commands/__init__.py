"""The commands of `kohti`, a family a file: each file's `add` puts its commands under the parser."""
