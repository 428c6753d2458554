/** For --help, and for a call without a command. */
export const USAGE = `source-compose: an Airbyte source for the Compose API

Usage:
  source-compose spec
  source-compose check    --config FILE
  source-compose discover --config FILE
  source-compose read     --config FILE --catalog FILE [--state FILE]

  spec       print the options of the config
  check      try out the config: does the token work, do the deployment ids exist
  discover   print the streams that can be read
  read       read the streams of a configured catalog; every line on stdout is an Airbyte message

Options:
  --debug    log every request (LOG_LEVEL=debug does the same)
  --help     print this
  --version  print the version

Exit code: 0 the command did its work (a check that says FAILED did), 1 it did not, 2 the command line is wrong.
`;
