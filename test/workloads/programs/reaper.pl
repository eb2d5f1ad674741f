#!/usr/bin/perl
# reaper LAZINESS CGROUP PROGRAM...: takes in the orphans of PROGRAM, which lives in CGROUP, as init and systemd --user do: it is
# a subreaper. With a CGROUP of "-", PROGRAM stays where it is. It waits for the dead at once, or only every LAZINESS seconds, as some inits of containers do: until then they
# are zombies. It burns next to nothing and is to be blamed for nothing.
use strict;
use warnings;
use POSIX ();
my ($laziness, $cgroup, @program) = @ARGV;
my $prctl = (POSIX::uname())[4] eq 'aarch64' ? 167 : 157;
my $set_child_subreaper = 36;
syscall($prctl, $set_child_subreaper, 1, 0, 0, 0) == 0 or die "prctl: $!";
my $child = fork;
die "fork: $!" unless defined $child;
if ($child == 0) {
  if ($cgroup ne '-') {
    open my $procs, '>', "$cgroup/cgroup.procs" or die "$cgroup: $!";
    syswrite $procs, $$ or die "$cgroup: $!";
    close $procs;
  }
  exec @program or die "exec: $!";
}
while (1) {
  my $dead = $laziness > 0 ? waitpid(-1, POSIX::WNOHANG()) : wait;
  last if $dead == $child || $dead == -1;
  select undef, undef, undef, $laziness if $laziness > 0 && $dead == 0;
}
