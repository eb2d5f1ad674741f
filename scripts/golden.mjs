/** `npm run golden`: has the golden tests write what they would compare with. Read the difference before you commit it. */
process.env.CULPRIT_GOLDEN = "write";
process.argv.push("--fgrep", "golden");
await import("./test.mjs");
