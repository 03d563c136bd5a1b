"""The list of what this plugin brings: ``io.kestra.plugin.serdes.*``."""

from lanner.sdk.registry import PluginGroup

PREFIX = "io.kestra.plugin.serdes"

# name below PREFIX -> module:class below lanner_plugins.serdes
TYPES = {
    "avro.AvroToIon": "avro_tasks:AvroToIon",
    "avro.InferAvroSchemaFromIon": "avro_tasks:InferAvroSchemaFromIon",
    "avro.IonToAvro": "avro_tasks:IonToAvro",
    "csv.CsvToIon": "csv_reading:CsvToIon",
    "csv.IonToCsv": "csv_writing:IonToCsv",
    "excel.ExcelToIon": "excel_reading:ExcelToIon",
    "excel.IonToExcel": "excel_writing:IonToExcel",
    "json.IonToJson": "json_tasks:IonToJson",
    "json.JsonToIon": "json_tasks:JsonToIon",
    "json.JsonToJsonl": "json_tasks:JsonToJsonl",
    "parquet.IonToParquet": "parquet_tasks:IonToParquet",
    "parquet.ParquetToIon": "parquet_tasks:ParquetToIon",
    "xml.IonToXml": "xml_tasks:IonToXml",
    "xml.XmlToIon": "xml_tasks:XmlToIon",
    "yaml.IonToYaml": "yaml_tasks:IonToYaml",
    "yaml.JsonToYaml": "yaml_tasks:JsonToYaml",
    "yaml.YamlToIon": "yaml_tasks:YamlToIon",
    "yaml.YamlToJson": "yaml_tasks:YamlToJson",
}

# The old names call readers and writers what converts from and to Ion.
FORMATS = {"avro": "Avro", "csv": "Csv", "json": "Json", "parquet": "Parquet", "xml": "Xml"}

PLUGIN = PluginGroup(
    name="serdes",
    title="File formats",
    description="Convert CSV, JSON, Excel, XML, Avro, Parquet and YAML to and from Ion.",
    types={f"{PREFIX}.{name}": f"lanner_plugins.serdes.{place}" for name, place in TYPES.items()},
    aliases={
        **{f"{PREFIX}.{group}.{name}Reader": f"{PREFIX}.{group}.{name}ToIon" for group, name in FORMATS.items()},
        **{f"{PREFIX}.{group}.{name}Writer": f"{PREFIX}.{group}.IonTo{name}" for group, name in FORMATS.items()},
    },
)
