/** The door of this folder: which hosts there are, and whose alert it is. */
export { type HostList, type HostListOptions, openHostList } from "./hosts.ts";
export { type KnownHost, matchAlert } from "./ownership.ts";
export { type OwnNamesSources, readOwnNames } from "./ownNames.ts";
