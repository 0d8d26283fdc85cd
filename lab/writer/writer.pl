#!/usr/bin/perl
# The lab's application: per directory one process that appends fsynced, checksummed records and reports each one only after its fsync.
# usage: writer.pl --collector HOST:PORT [--every-ms N] DIRECTORY...      Format and rules: lab/writer/records.ts
# The collector may answer with lines `N`: from then on that many ms between an acknowledgement and the next record.
use strict;
use warnings;
use Fcntl qw(O_RDWR O_CREAT SEEK_SET);
use IO::Socket::INET;
use POSIX ();

use constant { RECORD => 4096, HEADER => 64, CLOCK_GETTIME => 228 };

my ($collector, $every_ms, @directories) = ('10.0.2.2:7000', 10);
while (defined(my $argument = shift @ARGV)) {
  if    ($argument eq '--collector') { $collector = shift @ARGV }
  elsif ($argument eq '--every-ms')  { $every_ms  = shift @ARGV }
  else                               { push @directories, $argument }
}
die "usage: writer.pl --collector HOST:PORT [--every-ms N] DIRECTORY...\n" unless @directories;

my $stopping = 0;
$SIG{TERM} = $SIG{INT} = sub { $stopping = 1 };

# perl-base has no Time::HiRes; 228 is clock_gettime on x86-64, 0 the wall clock.
sub now_ms {
  my $time = pack 'q2', 0, 0;
  syscall(CLOCK_GETTIME, 0, $time) == 0 or die "clock_gettime: $!";
  my ($seconds, $nanoseconds) = unpack 'q2', $time;
  return $seconds * 1000 + int($nanoseconds / 1_000_000);
}

# The body repeats number and time, so a record put together from two writes shows even where the sum would not.
sub record {
  my ($number, $begin) = @_;
  my $line = sprintf "%08d %013d\n", $number, $begin;
  my $body = substr $line x 180, 0, RECORD - HEADER;
  my $sum  = unpack '%32N*', $body;
  return sprintf("%-63s\n", sprintf 'FCW1 %08d %013d %08x', $number, $begin, $sum) . $body;
}

# Until the next record is due, or the collector names another pace.
sub rest {
  my ($socket) = @_;
  my $ready = '';
  vec($ready, fileno $socket, 1) = 1;
  return unless select($ready, undef, undef, $every_ms / 1000) > 0;
  sysread($socket, my $paces, 4096) or die "collector: gone\n";
  $every_ms = $1 if $paces =~ /(\d+)\n\z/;
}

sub run {
  my ($directory, $instance) = @_;
  my $socket = IO::Socket::INET->new(PeerAddr => $collector, Proto => 'tcp') or die "collector $collector: $!\n";
  sysopen my $file, "$directory/writer-$instance.dat", O_RDWR | O_CREAT or die "$directory: $!\n";
  # After a crash the last record may be torn and was never reported: write it again.
  my $number = int((-s $file) / RECORD);
  truncate $file, $number * RECORD or die "truncate: $!\n";
  sysseek $file, $number * RECORD, SEEK_SET;
  until ($stopping) {
    my $begin = now_ms();
    my $bytes = record(++$number, $begin);
    (syswrite($file, $bytes) // 0) == RECORD or die "write in $directory: $!\n";
    # IO::Handle::sync is not in perl-base; 74 is fsync.
    syscall(74, fileno $file) == 0 or die "fsync in $directory: $!\n";
    my $line = sprintf "%d %d %d %d\n", $instance, $number, $begin, now_ms();
    (syswrite($socket, $line) // 0) == length $line or die "collector: $!\n";
    rest($socket);
  }
  return 0;
}

my @children;
for my $instance (1 .. @directories) {
  my $pid = fork // die "fork: $!\n";
  if ($pid == 0) { POSIX::_exit(eval { run($directories[$instance - 1], $instance) } // do { print STDERR $@; 1 }) }
  push @children, $pid;
}
my $status = 0;
for my $pid (@children) {
  while (waitpid($pid, 0) != $pid) { kill 'TERM', @children if $stopping }
  $status ||= $? >> 8;
  # One instance alone would make the demo's check pass on less than it says.
  kill 'TERM', @children if $status;
}
exit $status;
