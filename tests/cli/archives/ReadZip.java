import java.io.FileInputStream;
import java.io.PrintStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Prints the name, size and CRC-32 of each entry, read from the archive's start to its end as importers do. */
class ReadZip {
    public static void main(String[] paths) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        for (String path : paths) {
            try (ZipInputStream zip = new ZipInputStream(new FileInputStream(path))) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    CRC32 crc = new CRC32();
                    byte[] bytes = zip.readAllBytes();
                    crc.update(bytes);
                    out.println(entry.getName() + "\t" + bytes.length + "\t" + crc.getValue());
                }
            }
        }
    }
}
