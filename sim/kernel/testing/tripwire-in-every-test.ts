import { installTripwire } from "../tripwire.ts";

// Before every file of tests: whatever a test simulates, its code reaches for nothing of the host.
installTripwire();
