/** The door of this folder: telling people, by mail, Slack, Teams and webhook. */
export { createNotifiers } from "./channels.ts";
export { helloName } from "./email.ts";
export {
  type NotificationOutcome,
  type Notifications,
  type NotificationsOptions,
  type NotifyOptions,
  notificationResults,
  openNotifications,
} from "./notifications.ts";
export { type ChannelName, channelNames, DeliveryError, type Notifier, type NotifierSurroundings, type Receipt } from "./notifier.ts";
export { testMessage } from "./testNotification.ts";
