# A formula for Homebrew; `packaging/manifests` fills in version and checksums. Not run yet.
class Mbox2eml < Formula
  desc "Convert mbox mailboxes to EML files, exact to the byte"
  homepage "https://github.com/mbox2eml/mbox2eml"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@URL@/mbox2eml-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@aarch64-apple-darwin@"
    end
    on_intel do
      url "@URL@/mbox2eml-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@URL@/mbox2eml-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@URL@/mbox2eml-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "mbox2eml"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/mbox2eml.bash" => "mbox2eml"
    zsh_completion.install "completions/_mbox2eml"
    fish_completion.install "completions/mbox2eml.fish"
  end

  test do
    (testpath/"in.mbox").write "From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: Hello\n\nBody\n\n"
    system bin/"mbox2eml", "in.mbox", "out"
    assert_equal "Subject: Hello\r\n\r\nBody\r\n", (testpath/"out/000001_20240101T000000Z_Hello.eml").binread
  end
end
